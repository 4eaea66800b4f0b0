import { api, ApiError, type Schemas, setCsrfToken, unwrap, whenSignedOut } from '../client/api';

/** Who is signed in, as far as the browser knows. */
class Session {
  #me = $state<Schemas['Me'] | null>(null);
  #isKnown = $state(false);

  constructor() {
    whenSignedOut(() => this.#set(null));
  }

  /** null while nobody is signed in. */
  get me(): Schemas['Me'] | null {
    return this.#me;
  }

  /** False until the server has been asked. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether the signed-in person may do this. */
  may(scope: Schemas['Scope']): boolean {
    return this.#me?.scopes.includes(scope) ?? false;
  }

  async load(): Promise<void> {
    try {
      this.#set(await unwrap(api.GET('/api/v1/auth/me')));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.#set(null);
    }
  }

  /** @throws ApiError when name or password are wrong */
  async signIn(username: string, password: string): Promise<void> {
    this.#set(await unwrap(api.POST('/api/v1/auth/login', { body: { username, password } })));
  }

  /** Changes one's own password; the session goes on under a new token. @throws ApiError */
  async changePassword(currentPassword: string, newPassword: string): Promise<void> {
    const body = { currentPassword, newPassword };
    this.#set(await unwrap(api.POST('/api/v1/auth/password', { body })));
  }

  async signOut(): Promise<void> {
    const signedOut = await unwrap(api.POST('/api/v1/auth/logout'));
    this.#set(null);
    // Whoever signed in at an identity provider is signed out there as well, or one click would sign in the next person.
    const continueAt = signedOut?.continueAt;
    if (continueAt !== undefined) location.assign(continueAt);
  }

  #set(me: Schemas['Me'] | null): void {
    this.#me = me;
    this.#isKnown = true;
    setCsrfToken(me?.csrfToken ?? null);
  }
}

/** The one session of the page. */
export const session = new Session();
