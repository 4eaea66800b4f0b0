import { randomBytes } from 'node:crypto';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../../connect.ts';
import { createVault } from '../../vault/vault.ts';
import { listSigningKeys } from './listSigningKeys.ts';
import { rotateSigningKey, type RotateOptions } from './rotateSigningKey.ts';
import { ensureSigningKey, getSigningKey, listPublicKeys } from './signingKeys.ts';

const vault = createVault(randomBytes(32));
let database: TestDatabase;
let connected: Connected;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'rotate-test' });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});
beforeEach(async () => {
  await connected.db.deleteFrom('signing_keys').execute();
  await ensureSigningKey(connected.db, vault);
});

const rotate = (options: RotateOptions = {}) =>
  connected.db.transaction().execute((tx) => rotateSigningKey(tx, vault, options));
const signing = async () => (await getSigningKey(connected.db, vault)).kid;
const published = async () => (await listPublicKeys(connected.db)).map(({ kid }) => kid);

/** As if as much time had gone by: every time that is stored of the keys lies further back. */
const pass = async (time: string) => {
  const by = sql`interval '${sql.raw(time)}'`;
  await sql`update signing_keys set created_at = created_at - ${by}, signs_from = signs_from - ${by},
    retired_at = retired_at - ${by}, withdrawn_at = withdrawn_at - ${by}`.execute(connected.db);
};

test('a new key is published at once, and signs after every verifier knows it', async () => {
  const old = await signing();
  const rotation = await rotate();
  expect(rotation?.replaced).toEqual([old]);
  expect(await published()).toEqual([old, rotation?.kid]);
  expect(await signing()).toBe(old);
  // Longer than MCP servers keep the published keys.
  await pass('14 minutes');
  expect(await signing()).toBe(old);
  await pass('61 seconds');
  expect(await signing()).toBe(rotation?.kid);
});

test('the old key verifies what it signed last, and then is published no longer', async () => {
  const old = await signing();
  const { privateKey } = await getSigningKey(connected.db, vault);
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
  const rotation = await rotate();
  await pass('15 minutes 1 second');
  expect(await signing()).toBe(rotation?.kid);
  // A token of the old key's last second has 15 minutes to live.
  await pass('16 minutes');
  const jwk = (await listPublicKeys(connected.db)).find(({ kid }) => kid === old);
  await expect(jwtVerify(token, await importJWK(jwk ?? {}, 'EdDSA'))).resolves.toBeDefined();
  await pass('1 hour');
  expect(await published()).toEqual([rotation?.kid]);
});

test('replicas that rotate at once make one key', async () => {
  const rotations = await Promise.all(Array.from({ length: 8 }, () => rotate()));
  expect(rotations.filter((one) => one !== undefined)).toHaveLength(1);
  expect(await published()).toHaveLength(2);
});

test('a key is due when it has signed for as many days, and not before', async () => {
  await pass('29 days 23 hours');
  expect(await rotate({ olderThanDays: 30 })).toBeUndefined();
  await pass('2 hours');
  expect(await rotate({ olderThanDays: 30 })).toBeDefined();
  expect(await rotate({ olderThanDays: 30 })).toBeUndefined();
  await pass('20 days');
  expect(await rotate({ olderThanDays: 30 })).toBeUndefined();
});

test('a withdrawn key verifies nothing from then on, nor does one that was on its way', async () => {
  const old = await signing();
  const onItsWay = await rotate();
  const rotation = await rotate({ withdraw: true });
  expect(await published()).toEqual([rotation?.kid]);
  expect(await signing()).toBe(rotation?.kid);
  const rows = await listSigningKeys(connected.db);
  const withdrawn = rows.filter((row) => row.withdrawnAt !== null).map(({ kid }) => kid);
  expect(withdrawn.sort()).toEqual([old, onItsWay?.kid ?? ''].sort());
});

test('a key that is retired, but verifies still, is withdrawn as well', async () => {
  const old = await signing();
  await rotate();
  await pass('30 minutes');
  expect(await published()).toContain(old);
  await rotate({ withdraw: true });
  expect(await published()).not.toContain(old);
});

test('private halves are stored sealed, each bound to its row', async () => {
  await rotate();
  const rows = await connected.db.selectFrom('signing_keys').selectAll().execute();
  for (const row of rows) expect(row.private_key_sealed).not.toContain('"d"');
  const current = await signing();
  await connected.db
    .updateTable('signing_keys')
    .set({ private_key_sealed: rows.find(({ kid }) => kid !== current)?.private_key_sealed ?? '' })
    .where('kid', '=', current)
    .execute();
  await expect(getSigningKey(connected.db, vault)).rejects.toMatchObject({
    code: 'key_unavailable',
  });
});
