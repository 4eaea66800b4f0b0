import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../../connect.ts';
import { createVault, type Vault } from '../../vault/vault.ts';
import { createFindPayloadKey } from './createFindPayloadKey.ts';
import { handOutPayloadKeys } from './handOutPayloadKeys.ts';
import { listPayloadKeys } from './listPayloadKeys.ts';
import { readPayloadKeys } from './readPayloadKeys.ts';
import { rotatePayloadKey } from './rotatePayloadKey.ts';

let database: TestDatabase;
let connected: Connected;
let vault: Vault;
beforeEach(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'payload-keys-test' });
  vault = createVault(randomBytes(32));
});
afterEach(async () => {
  await connected.close();
  await database.drop();
});

const rotate = () => connected.db.transaction().execute((tx) => rotatePayloadKey(tx, vault));
/** A start of all parts, some time after the last one. */
const start = () => handOutPayloadKeys(connected.db, vault);
const pass = (minutes: number) =>
  connected.db
    .updateTable('payload_keys')
    .set({ handed_out_at: sql<Date>`handed_out_at - make_interval(mins => ${minutes})` })
    .execute();

test('many first starts at once agree on one key, which is not the same in another database', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, start));
  for (const keys of all) expect(keys).toEqual(all[0]);
  expect(all[0]?.all).toHaveLength(1);
  await connected.db.deleteFrom('payload_keys').execute();
  expect((await start()).current.key).not.toEqual(all[0]?.current.key);
});

test('a new key is known to every part for a whole start before it encrypts; old ones stay', async () => {
  const first = (await start()).current;
  const id = await rotate();
  expect(id).toBeDefined();
  expect(await rotate()).toBeUndefined();
  const known = await start();
  expect(known.current).toEqual(first);
  expect(known.all.map((key) => key.id)).toEqual([first.id, id]);
  await pass(4);
  expect((await start()).current).toEqual(first);
  await pass(2);
  const after = await start();
  expect(after.current.id).toBe(id);
  expect(after.all).toContainEqual(first);
  expect(await readPayloadKeys(connected.db, vault)).toEqual(after);
  expect((await listPayloadKeys(connected.db)).map((key) => key.encryptsSince !== null)).toEqual([
    true,
    true,
  ]);
});

test('the database holds no key that opens without the vault, nor one that was moved to another row', async () => {
  const { current } = await start();
  const { rows } = await sql<{ t: string }>`select t::text as t from payload_keys t`.execute(
    connected.db,
  );
  expect(JSON.stringify(rows)).not.toContain(current.key.toString('base64url'));
  const other = createVault(randomBytes(32));
  await expect(readPayloadKeys(connected.db, other)).rejects.toMatchObject({
    code: 'key_unavailable',
  });
  await connected.db
    .updateTable('payload_keys')
    .set({ id: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11' })
    .execute();
  await expect(readPayloadKeys(connected.db, vault)).rejects.toMatchObject({
    code: 'key_unavailable',
  });
});

test('without a key the API does not start, and says how there will be one', async () => {
  await expect(readPayloadKeys(connected.db, vault)).rejects.toThrow(/costguard init/);
});

test('one that came later is found by its id, and by no other text', async () => {
  const { current } = await start();
  const find = createFindPayloadKey(connected.db, vault);
  expect(await find(current.id)).toEqual(current);
  for (const id of ['', 'x', "' or true --", '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11'])
    expect(await find(id)).toBeUndefined();
});
