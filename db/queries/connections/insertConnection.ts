import { randomUUID } from 'node:crypto';
import type { Connection, ConnectionCreate } from '../../../core/contracts/connection.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import { fromConnectionRow } from './connectionRow.ts';

/** A new connection; how it is judged has defaults. */
type NewConnection = Pick<ConnectionCreate, 'provider' | 'name' | 'mode' | 'pollIntervalMinutes'> &
  Partial<ConnectionCreate>;

/** Adds a connection. @throws CostGuardError `name_taken` */
export async function insertConnection(tx: Database, create: NewConnection): Promise<Connection> {
  const row = await tx
    .insertInto('connections')
    .values({
      id: randomUUID(),
      provider: create.provider,
      name: create.name,
      mode: create.mode,
      poll_interval_minutes: create.pollIntervalMinutes,
      ...(create.sensitivity !== undefined && { sensitivity: create.sensitivity }),
      ...(create.minDailyImpact !== undefined && { min_daily_impact: create.minDailyImpact }),
      ...(create.minTotalImpact !== undefined && { min_total_impact: create.minTotalImpact }),
      ...(create.ownerTag !== undefined && { owner_tag: create.ownerTag }),
    })
    .onConflict((oc) => oc.column('name').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw nameTaken();
  return fromConnectionRow({ ...row, backfill: null });
}

/** The answer to a name that another connection has. */
export function nameTaken(): CostGuardError {
  return new CostGuardError(
    'name_taken',
    'Choose another name; a connection already has this one.',
    {
      errors: [{ pointer: '/name', detail: 'is already in use' }],
    },
  );
}
