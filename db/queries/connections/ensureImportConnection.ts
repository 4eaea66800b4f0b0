import { randomUUID } from 'node:crypto';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';

/** The connection that a file goes to. */
export interface ImportConnection {
  id: string;
  name: string;
  provider: Provider;
  isNew: boolean;
}

/**
 * The connection of a name; where there is none, a new one that is read-only and never polled. Two that ask for the same
 * new name at once get the same one: the second waits for the first one's transaction.
 *
 * @throws CostGuardError `invalid_request` where the connection is of another provider or holds made-up costs
 */
export async function ensureImportConnection(
  tx: Database,
  { name, provider }: { name: string; provider: Provider },
): Promise<ImportConnection> {
  const created = await tx
    .insertInto('connections')
    .values({
      id: randomUUID(),
      provider,
      name,
      mode: 'read_only',
      enabled: false,
      poll_interval_minutes: 1440,
    })
    .onConflict((oc) => oc.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (created !== undefined) return { id: created.id, name, provider, isNew: true };
  const existing = await tx
    .selectFrom('connections')
    .select(['id', 'provider', 'demo'])
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  if (existing.demo) {
    throw refused(`The connection ${name} holds the demo's made-up costs; name another one.`);
  }
  if (existing.provider !== provider) {
    throw refused(
      `The connection ${name} is of ${existing.provider} and the file of ${provider}; name another one with --connection.`,
    );
  }
  return { id: existing.id, name, provider, isNew: false };
}

function refused(detail: string): CostGuardError {
  return new CostGuardError('invalid_request', `${detail} Nothing was stored.`);
}
