import type { Request } from 'express';
import { z } from 'zod';
import { CostGuardError } from '../../../core/errors.ts';
import type { Services } from '../../services.ts';
import { oidcCookie, readCookie } from '../sessionCookie.ts';

/** How long somebody may take at the provider. */
const SECONDS = 600;
const CONTEXT = 'oidc_state';

const State = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
});

/** What a sign-in that has begun must bring back, and where it leads. */
export type OidcState = z.infer<typeof State>;

/** The Set-Cookie header that keeps it in the browser that began, sealed: nothing is stored for whoever never comes back. */
export function keepState({ env, vault, now }: Services, state: Omit<OidcState, 'until'>): string {
  const text = JSON.stringify({ ...state, until: now().getTime() + SECONDS * 1000 });
  return oidcCookie(env, vault.seal(Buffer.from(text), CONTEXT), SECONDS);
}

/** What this browser began. @throws CostGuardError `oidc_expired` when it began nothing, or too long ago */
export function readState({ env, vault, now }: Services, req: Request): OidcState {
  const sealed = readCookie(env, req, 'costguard_oidc');
  const expired = new CostGuardError(
    'oidc_expired',
    'Start the sign-in again in this browser; it has ten minutes.',
  );
  if (sealed === undefined) throw expired;
  let text: string;
  try {
    text = vault.open(sealed, CONTEXT).toString();
  } catch {
    // Made up, or from before another key: nothing that this API began.
    throw expired;
  }
  const state = State.parse(JSON.parse(text));
  if (state.until < now().getTime()) throw expired;
  return state;
}
