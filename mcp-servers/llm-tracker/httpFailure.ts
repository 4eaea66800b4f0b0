/** An answer of a provider that is not the report asked for. It holds no text of the provider. */
export class HttpFailure extends Error {
  /** HTTP status; undefined where the body of a good answer was not JSON or too large. */
  readonly status: number | undefined;
  /** Milliseconds that the provider asks to wait. */
  readonly retryAfterMs: number | undefined;
  /** A scope of OpenAI that the body calls missing; only names that this server knows. */
  readonly missingScope: string | undefined;

  constructor(
    what: string,
    details: {
      status?: number | undefined;
      retryAfterMs?: number | undefined;
      missingScope?: string | undefined;
    } = {},
  ) {
    super(what);
    this.name = 'HttpFailure';
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.missingScope = details.missingScope;
  }
}
