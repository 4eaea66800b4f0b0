import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { connect, type Connected } from '../../db/connect.ts';
import { focusCsv, focusRow, type FocusRow } from '../api/focusFile.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';

// Files that are large enough for `costguard import` to read them in a thread of its own: as a process, as an operator runs it.
const THREAD_BYTES_MIN = 16_000_000;
const ROWS = 24_000;
const PADDING = 'x'.repeat(600);

const folder = mkdtempSync(join(tmpdir(), 'costguard-big-'));
let database: TestDatabase;
let connected: Connected;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'big-files-test' });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const big = (change: (i: number) => FocusRow = () => ({})) =>
  Array.from({ length: ROWS }, (_, i) =>
    focusRow({ ResourceId: `i-${i}`, ChargeDescription: PADDING, ...change(i) }),
  );

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function load(path: string, connection: string | undefined, ...args: string[]) {
  const child = spawn(
    process.execPath,
    [
      ...['--import', join(projectRoot, 'tests/mcp/registerTypescript.mjs')],
      ...[join(projectRoot, 'cli/costguard.ts'), 'import', path],
      ...(connection === undefined ? [] : ['--connection', connection]),
      ...args,
    ],
    { env: { DATABASE_URL: database.url }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => (output += text.toString()));
  }
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, output };
}

async function standing(connection: string) {
  const { rows } = await sql<{ rows: string; charges: string; records: string; days: string }>`
    select count(*) as rows, count(distinct dimensions_hash) as charges, sum(billed_cost)::text as records,
      (select sum(billed_cost)::text from cost_daily d where d.connection_id = c.id) as days
    from cost_records r join connections c on c.id = r.connection_id
    where c.name = ${connection} group by c.id`.execute(connected.db);
  return rows[0];
}

test('a large file is stored whole, and a restated one replaces it to the cent', async () => {
  const path = put('whole.csv', focusCsv(big()));
  expect(statSync(path).size).toBeGreaterThan(THREAD_BYTES_MIN);
  expect(await load(path, 'whole')).toMatchObject({ exitCode: 0 });
  const first = { rows: `${ROWS}`, charges: `${ROWS}`, records: '36000.0', days: '36000.0' };
  expect(await standing('whole')).toEqual(first);
  const restated = focusCsv(big((i) => ({ BilledCost: i % 2 === 0 ? '1.5' : '2.25' })).slice(10));
  expect(await load(put('restated.csv', restated), 'whole')).toMatchObject({ exitCode: 0 });
  expect(await standing('whole')).toMatchObject({
    rows: `${ROWS - 10}`,
    charges: `${ROWS - 10}`,
    records: '44981.25',
    days: '44981.25',
  });
});

test('refused rows are told with their lines, in order, wherever they stand', async () => {
  const bad = [0, 7_000, ROWS - 1];
  const rows = big((i) => (bad.includes(i) ? { BilledCost: 'much' } : {}));
  const report = join(folder, 'report.jsonl');
  const { exitCode } = await load(put('bad.csv', focusCsv(rows)), 'bad', '--report', report);
  expect(exitCode).toBe(1);
  const told = readFileSync(report, 'utf8').trim().split('\n');
  expect(told.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(
    bad.map((i) => i + 2),
  );
  expect(await standing('bad')).toMatchObject({ rows: `${ROWS - 3}`, records: '35995.5' });
});

test.each([
  ['mixes providers', { ProviderName: 'Microsoft' }, 'mixes costs of several providers'],
  ['tells of a second account', { BillingAccountId: '999999999999' }, 'several billing accounts'],
])('a file whose last row %s changes nothing', async (_, last, message) => {
  const rows = big((i) => ({ BillingAccountId: '42', ...(i === ROWS - 1 ? last : {}) }));
  const { exitCode, output } = await load(put('last.csv', focusCsv(rows)), undefined);
  expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
  expect(output).toContain(message);
  expect(await standing('FOCUS import: AWS 42')).toBeUndefined();
});

test('a gzip file that is cut off changes nothing', async () => {
  // Names without a pattern keep the packed file large.
  const name = (i: number) =>
    Array.from({ length: 90 }, (_, j) =>
      Math.sin(i * 97 + j)
        .toString(36)
        .slice(2),
    ).join('');
  const random = big((i) => ({ ResourceName: name(i) }));
  const packed = gzipSync(focusCsv(random), { level: 1 });
  expect(packed.length).toBeGreaterThan(THREAD_BYTES_MIN);
  const path = put('cut.csv.gz', packed.subarray(0, packed.length - 100_000));
  const { exitCode, output } = await load(path, 'cut');
  expect(exitCode).toBe(1);
  expect(output).toContain('damaged or cut off');
  expect(await standing('cut')).toBeUndefined();
});
