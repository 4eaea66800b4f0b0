import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema.gen';

/** The API's shapes by name. */
export type Schemas = components['schemas'];

/** An error reply that a person is shown: what happened, what to do, and the id to tell the operator. */
export class ApiError extends Error {
  readonly status: number;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly fields: { pointer: string; detail: string }[];
  /** Seconds until it is worth trying again, where the server says so. */
  readonly waitSeconds: number | undefined;

  constructor(status: number, problem: Partial<Schemas['Problem']>, waitSeconds?: number) {
    super(problem.title ?? 'The server could not be reached');
    this.status = status;
    this.detail = problem.detail ?? 'Check your connection and try again.';
    this.requestId = problem.requestId;
    this.fields = problem.errors ?? [];
    this.waitSeconds = waitSeconds;
  }
}

let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;

/** Sets the token that every write of the session carries. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Says what to do when the session has ended. */
export function whenSignedOut(handle: () => void): void {
  onSignedOut = handle;
}

const session: Middleware = {
  onRequest: ({ request }) => {
    if (csrfToken !== null && request.method !== 'GET')
      request.headers.set('X-CSRF-Token', csrfToken);
    return request;
  },
  onResponse: ({ response, schemaPath }) => {
    if (response.status === 401 && !schemaPath.startsWith('/api/v1/auth/')) onSignedOut();
  },
};

/** The API's client; every call and answer is typed by the OpenAPI document. */
export const api = createClient<paths>({ baseUrl: '/' });
api.use(session);

/** The data of an answer. @throws ApiError for everything but success */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new ApiError(0, {});
  });
  if (response.ok) return data as T;
  const wait = Number(response.headers.get('Retry-After') ?? NaN);
  throw new ApiError(response.status, error ?? {}, Number.isFinite(wait) ? wait : undefined);
}

/** What to show for anything that was thrown. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(0, { title: 'Something went wrong on this page', detail: 'Reload the page.' });
}
