import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../../connect.ts';
import { AUDIT_GENESIS, auditHash } from '../../../core/audit/auditHash.ts';
import { appendAudit, appendAuditBatch, type AuditEntry } from './appendAudit.ts';

let database: TestDatabase;
let connected: Connected;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'audit-test', poolSizeMax: 12 });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});
beforeEach(async () => {
  await append({ operation: 'test.begin' });
});

const entry = (given: Partial<AuditEntry> = {}): AuditEntry => ({
  actorKind: 'user',
  actorId: 'a',
  actorName: 'Ada',
  operation: 'test.write',
  subject: 'test:1',
  detail: {},
  ...given,
});
const append = (given: Partial<AuditEntry> = {}) =>
  connected.db.transaction().execute((tx) => appendAudit(tx, entry(given)));
const rows = () => connected.db.selectFrom('audit_log').selectAll().orderBy('seq').execute();

/** Recomputes the chain from what is stored, as an auditor would; returns how many entries it has. */
async function verifyChain(): Promise<number> {
  let previous = AUDIT_GENESIS;
  const stored = await rows();
  for (const [i, row] of stored.entries()) {
    expect(row.seq).toBe(String(i + 1));
    expect(row.previous_hash).toBe(previous);
    expect(row.hash).toBe(
      auditHash(previous, {
        seq: Number(row.seq),
        at: row.at.toISOString(),
        actorKind: row.actor_kind as AuditEntry['actorKind'],
        actorId: row.actor_id,
        actorName: row.actor_name,
        operation: row.operation,
        subject: row.subject,
        detail: row.detail as Record<string, unknown>,
      }),
    );
    previous = row.hash;
  }
  return stored.length;
}

test('each entry names the hash of the one before it, and its own follows from what is stored', async () => {
  const before = await verifyChain();
  await append({
    actorName: 'Ünïcode 東京 🚀',
    subject: null,
    actorId: null,
    detail: { z: 1, a: { nested: [1, 2.5, null, true, 'x'] }, amount: '0.10', left: undefined },
  });
  await append({ detail: { big: 1e21, small: 1e-7, quote: '"\\\n' } });
  expect(await verifyChain()).toBe(before + 2);
});

test('many at once are still one chain', async () => {
  const before = await verifyChain();
  await Promise.all(Array.from({ length: 40 }, (_, i) => append({ detail: { i } })));
  expect(await verifyChain()).toBe(before + 40);
});

test('a batch is appended in its order, among others that append at once', async () => {
  const before = await verifyChain();
  const batch = Array.from({ length: 30 }, (_, i) => entry({ detail: { batch: i } }));
  await Promise.all([
    ...Array.from({ length: 10 }, () => append()),
    connected.db.transaction().execute((tx) => appendAuditBatch(tx, batch)),
    connected.db.transaction().execute((tx) => appendAuditBatch(tx, [])),
  ]);
  expect(await verifyChain()).toBe(before + 40);
  const order = (await rows()).map((row) => (row.detail as { batch?: number }).batch ?? -1);
  expect(order.filter((n) => n >= 0)).toEqual(batch.map((_, i) => i));
});

test('an entry stands or falls with the change that it tells of', async () => {
  const before = await verifyChain();
  await expect(
    connected.db.transaction().execute(async (tx) => {
      await appendAudit(tx, entry());
      throw new Error('refused');
    }),
  ).rejects.toThrow('refused');
  expect(await verifyChain()).toBe(before);
  await append();
  expect(await verifyChain()).toBe(before + 1);
});

describe('what is written stays:', () => {
  test.each([
    ['an update', () => sql`update audit_log set actor_name = 'somebody else'`],
    ['an update of no row', () => sql`update audit_log set actor_name = 'x' where false`],
    ['a delete', () => sql`delete from audit_log where seq = 1`],
    ['a truncate', () => sql`truncate audit_log`],
    [
      'an upsert',
      () =>
        sql`insert into audit_log select * from audit_log where false on conflict (seq) do update set actor_name = 'x'`,
    ],
  ])('%s is refused', async (_name, statement) => {
    const before = await rows();
    await expect(statement().execute(connected.db)).rejects.toThrow('permission denied');
    const admin = connect(database.adminUrl, { applicationName: 'audit-admin' });
    onTestFinished(admin.close);
    await expect(statement().execute(admin.db)).rejects.toThrow('append-only');
    expect(await rows()).toEqual(before);
  });

  test('a second entry of the same number is refused', async () => {
    await expect(
      sql`insert into audit_log select * from audit_log where seq = 1`.execute(connected.db),
    ).rejects.toThrow('does not follow the last one');
  });
});

test('a changed field, a moved entry and a cut one would show', async () => {
  const [first, second] = await rows();
  const hashOf = (given: Partial<AuditEntry & { seq: number }>) =>
    auditHash(AUDIT_GENESIS, {
      ...entry({ operation: 'test.begin' }),
      seq: 1,
      at: first!.at.toISOString(),
      ...given,
    });
  expect(hashOf({})).toBe(first!.hash);
  for (const forged of [{ actorName: 'Eve' }, { detail: { a: 1 } }, { subject: null }, { seq: 2 }])
    expect(hashOf(forged)).not.toBe(first!.hash);
  expect(second?.previous_hash ?? first!.hash).toBe(first!.hash);
});
