import type { ActionStatus } from '../contracts/action.ts';
import { mayFollow } from './transitions.ts';

/** An action's place in its life. `version` grows by one with each status and keeps an old write from winning. */
export interface Standing {
  readonly status: ActionStatus;
  readonly version: number;
}

/** Where every action starts: the row as it is inserted. */
export const INITIAL: Standing = { status: 'proposed', version: 1 };

/** The standing after a change of status. @throws TypeError when `to` may not follow: a mistake in our code */
export function advance(from: Standing, to: ActionStatus): Standing {
  if (!mayFollow(from.status, to)) {
    throw new TypeError(`An action cannot go from ${from.status} to ${to}.`);
  }
  return { status: to, version: from.version + 1 };
}
