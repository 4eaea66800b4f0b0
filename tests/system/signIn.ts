/** A person signed in to the API, as a script would be: cookie and CSRF token. */
export interface SignedIn {
  get: (path: string) => Promise<{ status: number; body: unknown }>;
  post: (path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
  put: (path: string, body: unknown) => Promise<{ status: number; body: unknown }>;
}

/** Signs in with name and password. */
export async function signIn(
  apiUrl: string,
  username: string,
  password: string,
): Promise<SignedIn> {
  const answer = await fetch(`${apiUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`sign-in failed: ${await answer.text()}`);
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const call = async (path: string, init: RequestInit) => {
    const response = await fetch(`${apiUrl}${path}`, {
      ...init,
      headers: { cookie, 'X-CSRF-Token': csrfToken, 'Content-Type': 'application/json' },
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  };
  return {
    get: (path) => call(path, { method: 'GET' }),
    post: (path, body) =>
      call(path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    put: (path, body) => call(path, { method: 'PUT', body: JSON.stringify(body) }),
  };
}
