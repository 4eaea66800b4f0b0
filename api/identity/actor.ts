import type { Principal } from './principal.ts';

/** Who did something, and through whom, as the audit log names it. */
export function actorOf(principal: Principal) {
  const { kind, id, name, via } = principal;
  return {
    actorKind: kind,
    actorId: id,
    actorName: name,
    ...(via === null ? {} : { actorVia: via }),
  };
}
