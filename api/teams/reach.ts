import type { BudgetFilter } from '../../core/contracts/budget.ts';
import { CostGuardError } from '../../core/errors.ts';
import { type NotFoundCode, notFound } from '../../core/notFound.ts';
import type { Database } from '../../db/connect.ts';
import {
  seesBudget,
  seesOne,
  seesResource,
  seesWhole,
  type VisibleKind,
} from '../../db/queries/teams/visibility.ts';

/** What a write touches, for the check whether a member of teams may. */
export type Touch =
  /** Something that is seen; else it does not exist. */
  | { kind: VisibleKind; id: string; missing?: () => CostGuardError }
  /** Connections that are seen whole. */
  | { kind: 'whole'; connectionIds: readonly string[] }
  /** What a budget is to sum. */
  | { kind: 'budget_filter'; filter: BudgetFilter }
  /** A resource of a connection: the connection whole, or a charge of the resource. */
  | { kind: 'resource'; connectionId: string; resourceId: string };

/**
 * What those who see a part only may do with an operation. `own`: whatever it reads and writes is the caller's own, so it
 * works on all data. A function: what a write touches, all of which must be seen; the write itself then works on all data.
 * Left out: a read is answered through row-level security, and a write is refused.
 */
export type Reach = 'own' | ((input: { params: unknown; body: unknown }) => readonly Touch[]);

const MISSING = {
  anomaly: 'anomaly_not_found',
  action: 'action_not_found',
  connection: 'connection_not_found',
  budget: 'budget_not_found',
} as const satisfies Record<VisibleKind, NotFoundCode>;

/**
 * Lets a write of a member of teams pass where all that it touches is seen.
 *
 * @throws CostGuardError the `…_not_found` of a missing thing, or `forbidden` with what to do
 */
export async function assertWithin(
  db: Database,
  touches: readonly Touch[],
  now: Date,
): Promise<void> {
  for (const touch of touches) await assertOne(db, touch, now);
}

async function assertOne(db: Database, touch: Touch, now: Date): Promise<void> {
  switch (touch.kind) {
    case 'whole':
      if (await seesWhole(db, touch.connectionIds)) return;
      throw beyond('This needs the whole connection; ask an admin to give it to your team.');
    case 'budget_filter':
      if (await seesBudget(db, touch.filter)) return;
      throw beyond(
        'Name your team in filter.teamId, or a connection that it sees in filter.connectionId, and in filter.account an account that it sees, where it does not see the whole.',
      );
    case 'resource':
      if (await seesWhole(db, [touch.connectionId])) return;
      if (await seesResource(db, { ...touch, now })) return;
      throw beyond('Your team sees no cost of this resource in the last 60 days.');
    default:
      if (await seesOne(db, touch.kind, touch.id)) return;
      throw touch.missing?.() ?? notFound(MISSING[touch.kind]);
  }
}

/** The answer to what a member of teams may not do at all. */
export function beyond(
  detail = 'Members of teams cannot do this; ask somebody who sees everything.',
): CostGuardError {
  return new CostGuardError('forbidden', detail);
}
