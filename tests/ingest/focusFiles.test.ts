import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { connect, type Connected } from '../../db/connect.ts';
import { focusCsv, focusRow } from '../api/focusFile.ts';
import { runCli } from '../cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';
import { ensurePyarrow } from './ensurePyarrow.ts';

const folder = mkdtempSync(join(tmpdir(), 'costguard-files-'));
const at = (file: string) => join(folder, file);
let database: TestDatabase;
let connected: Connected;
let python: string;

beforeAll(async () => {
  python = await ensurePyarrow();
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'files-test' });
  writeFileSync(at('source.csv'), focusCsv(ROWS));
});
afterAll(async () => {
  await connected.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const ROWS = Array.from({ length: 500 }, (_, i) => {
  const day = String(1 + (i % 28)).padStart(2, '0');
  return focusRow({
    BilledCost: ((i * 7919) / 1000 - 300).toFixed(5),
    ListUnitPrice: i % 2 === 0 ? '' : '0.04160',
    ChargePeriodStart: `2026-11-${day}T00:00:00Z`,
    ChargePeriodEnd: `2026-11-${day}T23:59:59Z`,
    ServiceName: ['EC2', 'S3', 'Größe 東京'][i % 3] ?? '',
    BillingCurrency: i % 5 === 0 ? 'EUR' : 'USD',
    ResourceId: `i-${i}`,
    RegionId: i % 4 === 0 ? '' : 'us-east-1',
    Tags: i % 3 === 0 ? '' : `{"team":"t${i % 7}"}`,
  });
});

const run = (...args: string[]) => runCli(args, { DATABASE_URL: database.url });
const files = (...args: string[]) =>
  runCommand({
    command: python,
    args: [join(import.meta.dirname, 'files.py'), ...args],
    timeoutMs: 60_000,
  });
const totals = async (connection: string) => {
  const { rows } = await sql<{ key: string; total: string }>`
    select d.day || ' ' || d.service_name || ' ' || d.billing_currency as key, sum(d.billed_cost)::text as total
    from cost_daily d join connections c on c.id = d.connection_id where c.name = ${connection}
    group by 1`.execute(connected.db);
  return Object.fromEntries(rows.map(({ key, total }) => [key, toDecimalString(total)]));
};

describe('Parquet of Apache Arrow', () => {
  test.each([
    { amounts: [38, 10], times: 'us', codec: 'snappy', tags: 'text' },
    { amounts: [18, 6], times: 'ms', codec: 'zstd', tags: 'map' },
    { amounts: [9, 5], times: 'ns', codec: 'gzip', tags: 'text' },
    { amounts: 'double', times: 'us', codec: 'lz4', tags: 'map' },
    { amounts: 'text', times: 'text', codec: 'none', tags: 'text' },
  ])('is read to the last digit: %j', async (kind) => {
    const name = JSON.stringify(kind).slice(0, 90);
    await run('import', at('source.csv'), '--connection', 'csv');
    await files('write', at('source.csv'), at('arrow.parquet'), JSON.stringify(kind));
    const { exitCode, stderr } = await run('import', at('arrow.parquet'), '--connection', name);
    expect(exitCode).toBe(0);
    expect(stderr.includes('binary floating point')).toBe(kind.amounts === 'double');
    expect(await totals(name)).toEqual(await totals('csv'));
    // Not only the totals: the very same charges, whatever the file's types.
    const { rows } = await sql`select dimensions_hash, billed_cost from cost_records r
      join connections c on c.id = r.connection_id where c.name in ('csv', ${name})
      group by 1, 2 having count(*) <> 2`.execute(connected.db);
    expect(rows).toEqual([]);
  });
});

test('Apache Arrow reads an exported Parquet file to the same totals', async () => {
  await run('import', at('source.csv'), '--connection', 'to export');
  const args = ['--format', 'parquet', '--connection', 'to export'];
  expect((await run('export', '-o', at('out.parquet'), ...args)).exitCode).toBe(0);
  const read = JSON.parse(await files('read', at('out.parquet'))) as Record<string, string>;
  const exact = Object.entries(read).map(([key, total]) => [key, toDecimalString(total)]);
  expect(Object.fromEntries(exact)).toEqual(await totals('to export'));
});

test('a Parquet file that is cut off anywhere changes nothing', async () => {
  await run('import', at('source.csv'), '--connection', 'kept');
  const before = await totals('kept');
  const kind = { amounts: 'text', times: 'text', codec: 'none', tags: 'text' };
  await files('write', at('source.csv'), at('whole.parquet'), JSON.stringify(kind));
  const whole = readFileSync(at('whole.parquet'));
  for (const share of [0.01, 0.3, 0.6, 0.99]) {
    writeFileSync(at('cut.parquet'), whole.subarray(0, Math.floor(whole.length * share)));
    const { exitCode, stderr } = await run('import', at('cut.parquet'), '--connection', 'kept');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('damaged or cut off');
  }
  expect(await totals('kept')).toEqual(before);
});

test('an import that is killed leaves what was there, and the next one works', async () => {
  await run('import', at('source.csv'), '--connection', 'killed');
  const before = await totals('killed');
  const big = Array.from({ length: 50_000 }, (_, i) => focusRow({ ResourceId: `i-${i}` }));
  writeFileSync(at('big.csv'), focusCsv(big));
  const child = spawn(
    process.execPath,
    [
      ...['--import', join(projectRoot, 'tests/mcp/registerTypescript.mjs')],
      join(projectRoot, 'cli/costguard.ts'),
      ...['import', at('big.csv'), '--connection', 'killed'],
    ],
    { env: { DATABASE_URL: database.url }, stdio: 'ignore' },
  );
  const sessions = async () =>
    (
      await sql<{ query: string }>`select query from pg_stat_activity
        where application_name = 'costguard-cli' and datname = current_database()`.execute(
        connected.db,
      )
    ).rows;
  const isStoring = async () =>
    (await sessions()).some(({ query }) => /copy staging|insert into cost_records/.test(query));
  while (child.exitCode === null && !(await isStoring()));
  child.kill('SIGKILL');
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  // The server notices that its client is gone, and undoes what was not committed.
  await expect.poll(async () => (await sessions()).length, { timeout: 60_000 }).toBe(0);
  expect(await totals('killed')).toEqual(before);
  expect((await run('import', at('big.csv'), '--connection', 'killed')).exitCode).toBe(0);
  expect(await totals('killed')).toEqual({ '2026-11-03 Amazon EC2 USD': '75000' });
});
