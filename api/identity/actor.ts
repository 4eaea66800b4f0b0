import type { Principal } from './principal.ts';

/** Who did something, as the audit log names it. */
export function actorOf(principal: Principal) {
  return { actorKind: principal.kind, actorId: principal.id, actorName: principal.name };
}
