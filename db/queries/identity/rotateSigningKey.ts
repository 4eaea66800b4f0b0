import { sql } from 'kysely';
import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';
import { insertSigningKey } from './signingKeys.ts';

/** A rotation that took place. */
export interface Rotation {
  kid: string;
  signsFrom: Date;
  /** The keys that it replaces. */
  replaced: string[];
}

/** When and how a key is replaced. */
export interface RotateOptions {
  /** Only where the newest key has signed for as many days; without it now. */
  olderThanDays?: number;
  /**
   * For a private key that others may have: the new one signs at once, and what the old ones have signed is refused at
   * once.
   */
  withdraw?: boolean;
}

// Longer than any verifier keeps the published keys (MCP servers: 10 minutes): each knows a key before it signs.
const PUBLISHED_BEFORE_MINUTES = 15;
const LOCK = 'signing_keys';

/**
 * Publishes a new key, which begins to sign in 15 minutes; the old one signs until then and stays published for another
 * hour, so no token in use breaks. Replicas that do it at once take turns, and a key that is on its way already is
 * enough: they make one key.
 *
 * @returns undefined where nothing is due
 */
export async function rotateSigningKey(
  tx: Database,
  vault: Vault,
  { olderThanDays, withdraw = false }: RotateOptions,
): Promise<Rotation | undefined> {
  await sql`select pg_advisory_xact_lock(hashtext(${LOCK}))`.execute(tx);
  const { now } = await tx
    .selectNoFrom(sql<Date>`clock_timestamp()`.as('now'))
    .executeTakeFirstOrThrow();
  const keys = await tx
    .selectFrom('signing_keys')
    .select(['kid', 'signs_from'])
    .where('withdrawn_at', 'is', null)
    .where((eb) => eb.or([eb('retired_at', 'is', null), eb('retired_at', '>', now)]))
    .orderBy('signs_from')
    .execute();
  const newest = keys.at(-1)?.signs_from ?? new Date(0);
  if (!withdraw && !isDue(newest, now, olderThanDays)) return undefined;
  const signsFrom = withdraw ? now : new Date(now.getTime() + PUBLISHED_BEFORE_MINUTES * 60_000);
  const kid = await insertSigningKey(tx, vault, signsFrom);
  const old = tx.updateTable('signing_keys').where('kid', '!=', kid);
  if (withdraw) {
    // Keys retired within the last hour still verify: they go as well.
    await old
      .set({ retired_at: sql`coalesce(retired_at, ${now})`, withdrawn_at: now })
      .where('withdrawn_at', 'is', null)
      .execute();
  } else {
    await old.set({ retired_at: signsFrom }).where('retired_at', 'is', null).execute();
  }
  return { kid, signsFrom, replaced: keys.map((key) => key.kid) };
}

/** What the audit log says of a rotation, but for who did it. */
export const rotationEntry = ({ kid, signsFrom, replaced }: Rotation, withdrawn: boolean) => ({
  operation: 'signing_key.rotate' as const,
  subject: `signing_key:${kid}`,
  detail: { signsFrom: signsFrom.toISOString(), replaced, withdrawn },
});

const MS_PER_DAY = 86_400_000;

/** A newest key that does not sign yet is on its way already. */
function isDue(newest: Date, now: Date, olderThanDays: number | undefined): boolean {
  if (newest > now) return false;
  return (
    olderThanDays === undefined || now.getTime() - newest.getTime() >= olderThanDays * MS_PER_DAY
  );
}
