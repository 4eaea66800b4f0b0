import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { columnsOf, focusCsv, focusRow, type FocusRow } from '../../tests/api/focusFile.ts';
import { startTcpProxy } from '../../tests/api/startTcpProxy.ts';
import { runCli } from '../../tests/cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../../db/connect.ts';

const folder = mkdtempSync(join(tmpdir(), 'costguard-import-'));
let database: TestDatabase;
let connected: Connected;
let name: string;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'import-test' });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  count += 1;
  name = `file ${count}`;
});

const put = (content: string | Uint8Array, file = `${count}.csv`) => {
  const path = join(folder, file);
  writeFileSync(path, content);
  return path;
};
const run = (...args: string[]) => runCli(args, { DATABASE_URL: database.url });
const load = (content: string | Uint8Array, ...args: string[]) =>
  run('import', put(content), '--connection', name, ...args);
const totals = async (connection = name) => {
  const { rows } = await sql<{ day: string; service: string; currency: string; cost: string }>`
    select d.day, d.service_name as service, d.billing_currency as currency, trim_scale(sum(d.billed_cost))::text as cost
    from cost_daily d join connections c on c.id = d.connection_id where c.name = ${connection}
    group by 1, 2, 3 order by 1, 2, 3`.execute(connected.db);
  return rows.map(({ day, service, currency, cost }) => `${day} ${service} ${cost} ${currency}`);
};
const connectionNames = async () =>
  (await connected.db.selectFrom('connections').select('name').execute()).map((c) => c.name);

const day = (d: number, cost: string, given: FocusRow = {}) => {
  const [from, to] = [d, d + 1].map((n) => `2026-11-${String(n).padStart(2, '0')}T00:00:00Z`);
  return focusRow({
    ChargePeriodStart: from!,
    ChargePeriodEnd: to!,
    BilledCost: cost,
    ResourceId: `i-${d}`,
    ...given,
  });
};

describe('a file', () => {
  test('is stored whole, in a connection that is read-only and never polled', async () => {
    const { exitCode, stdout, stderr } = await load(focusCsv([day(3, '1.10'), day(4, '2.20')]));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'import: FOCUS 1.2\n' });
    expect(stdout).toContain('Stored 2 rows');
    expect(stdout).toContain('2026-11-01 to 2026-12-01');
    expect(stdout).toContain('3.3 USD');
    expect(await totals()).toEqual([
      '2026-11-03 Amazon EC2 1.1 USD',
      '2026-11-04 Amazon EC2 2.2 USD',
    ]);
    const connection = await connected.db
      .selectFrom('connections')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    expect(connection).toMatchObject({
      provider: 'aws',
      mode: 'read_only',
      enabled: false,
      data_until: '2026-11-04',
    });
    const audit = await connected.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', `connection:${connection.id}`)
      .execute();
    expect(audit).toMatchObject([{ operation: 'costs.import', actor_name: 'costguard import' }]);
  });

  test('goes to a connection named after its provider and account unless told', async () => {
    const { stdout } = await run('import', put(focusCsv([day(3, '1')])));
    expect(stdout).toContain('FOCUS import: AWS 123456789012 (new');
    expect((await run('import', put(focusCsv([day(4, '1')])))).stdout).not.toContain('(new');
    expect(await totals('FOCUS import: AWS 123456789012')).toHaveLength(1);
  });

  test.each(['1.0', '1.1', '1.2'] as const)('of FOCUS %s is read', async (version) => {
    const { exitCode, stderr } = await load(focusCsv([day(3, '5')], columnsOf(version)));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `import: FOCUS ${version}\n` });
    expect(await totals()).toHaveLength(1);
  });

  test('may have its columns in any order, unknown ones, a BOM, CRLF and gzip', async () => {
    const columns = ['Colour', ...columnsOf('1.2').reverse(), 'x_Mine'];
    const csv = `\ufeff${focusCsv([day(3, '5', { Colour: 'red' })], columns, '\r\n')}`;
    const { exitCode, stderr } = await load(gzipSync(csv));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'import: FOCUS 1.2\nimport: passed over: Colour\n',
    });
    expect(await totals()).toEqual(['2026-11-03 Amazon EC2 5 USD']);
  });

  test('keeps what quotes hold: commas, breaks, tabs, backslashes, other scripts', async () => {
    const resource = 'a,"b"\r\n\\c\t東京 🚀\\N';
    await load(focusCsv([day(3, '5', { ResourceName: resource, Tags: '{"k":"\\"x\\\\"}' })]));
    const stored = await connected.db
      .selectFrom('cost_records as r')
      .innerJoin('connections as c', 'c.id', 'r.connection_id')
      .select(['resource_name', 'r.tags'])
      .where('c.name', '=', name)
      .execute();
    expect(stored).toEqual([{ resource_name: resource, tags: { k: '"x\\' } }]);
  });

  test('adds up a charge that it names twice, and keeps currencies apart', async () => {
    const rows = [day(3, '0.1'), day(3, '0.2'), day(3, '7', { BillingCurrency: 'EUR' })];
    expect((await load(focusCsv(rows))).exitCode).toBe(0);
    expect(await totals()).toEqual([
      '2026-11-03 Amazon EC2 7 EUR',
      '2026-11-03 Amazon EC2 0.3 USD',
    ]);
  });
});

describe('importing again', () => {
  test('the same file changes nothing, a restated one leaves exactly its own totals', async () => {
    const first = focusCsv([day(3, '1.10'), day(4, '2.20'), day(5, '3')]);
    const restated = focusCsv([day(3, '1.15'), day(5, '3')]);
    await load(first);
    await load(first);
    expect(await totals()).toHaveLength(3);
    for (let i = 0; i < 2; i += 1) {
      await load(restated);
      expect(await totals()).toEqual([
        '2026-11-03 Amazon EC2 1.15 USD',
        '2026-11-05 Amazon EC2 3 USD',
      ]);
    }
  });

  test('leaves other months alone, or all but the days that are asked for', async () => {
    const october = focusRow({
      BilledCost: '9',
      BillingPeriodStart: '2026-10-01T00:00:00Z',
      BillingPeriodEnd: '2026-11-01T00:00:00Z',
      ChargePeriodStart: '2026-10-31T00:00:00Z',
      ChargePeriodEnd: '2026-11-01T00:00:00Z',
    });
    await load(focusCsv([october, day(3, '1'), day(4, '2')]));
    await load(focusCsv([day(3, '5'), day(4, '6')]));
    expect(await totals()).toHaveLength(3);
    const { stdout } = await load(
      focusCsv([day(4, '7'), day(5, '8')]),
      '--from',
      '2026-11-04',
      '--to',
      '2026-11-05',
    );
    expect(stdout).toContain('Left out: 1 rows');
    expect(await totals()).toEqual([
      '2026-10-31 Amazon EC2 9 USD',
      '2026-11-03 Amazon EC2 5 USD',
      '2026-11-04 Amazon EC2 7 USD',
    ]);
  });

  test('after a poll’s rows of before the hash changed puts the new ones in their place', async () => {
    await load(focusCsv([day(3, '1'), day(4, '2')]));
    const before = await totals();
    await sql`update cost_records set dimensions_hash = gen_random_uuid()
      where connection_id = (select id from connections where name = ${name})`.execute(
      connected.db,
    );
    await load(focusCsv([day(3, '1'), day(4, '2')]));
    expect(await totals()).toEqual(before);
    const { rows } =
      await sql`select 1 from cost_records r join connections c on c.id = r.connection_id
      where c.name = ${name}`.execute(connected.db);
    expect(rows).toHaveLength(2);
  });

  test('of two at once leaves the totals of one of them', async () => {
    const files = ['1', '2'].map((cost) =>
      put(focusCsv(Array.from({ length: 28 }, (_, i) => day(i + 1, cost))), `${count}-${cost}.csv`),
    );
    await run('import', files[0]!, '--connection', name);
    await Promise.all(files.map((file) => importDirectly(file)));
    const costs = new Set((await totals()).map((line) => line.split(' ')[3]));
    expect(costs.size).toBe(1);
    expect(await totals()).toHaveLength(28);
  });
});

/** Not by runCli, which can run one at a time only. */
async function importDirectly(file: string): Promise<void> {
  const { importCommand } = await import('./import.ts');
  process.env['DATABASE_URL'] = database.url;
  try {
    await importCommand().parseAsync([file, '--connection', name], { from: 'user' });
  } finally {
    delete process.env['DATABASE_URL'];
  }
}

describe('refused rows', () => {
  const rows = [
    day(3, '1'),
    day(4, '', { ResourceName: 'two\nlines' }),
    day(5, 'NaN'),
    day(6, '2', { Tags: 'nonsense' }),
    day(7, '4'),
  ];

  test('are told by line and reason, in the report too, and the others are stored', async () => {
    const report = join(folder, `${count}.jsonl`);
    const { exitCode, stderr } = await load(focusCsv(rows), '--report', report);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('import: line 3: BilledCost is missing');
    expect(stderr).toContain('import: line 5: BilledCost is no decimal number');
    expect(stderr).toContain('import: line 6: Tags is no JSON');
    expect(stderr).toContain('3 rows were refused and are not stored');
    expect(stderr).toContain('now lack them');
    expect(
      readFileSync(report, 'utf8')
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l) as unknown),
    ).toEqual([
      { line: 3, reason: expect.stringContaining('BilledCost is missing') as unknown },
      { line: 5, reason: 'BilledCost is no decimal number' },
      { line: 6, reason: 'Tags is no JSON' },
    ]);
    expect(await totals()).toEqual(['2026-11-03 Amazon EC2 1 USD', '2026-11-07 Amazon EC2 4 USD']);
  });

  test('beyond the first twenty are in the report only', async () => {
    const report = join(folder, `${count}.jsonl`);
    const many = Array.from({ length: 30 }, () => day(4, 'x'));
    const { stderr } = await load(focusCsv([day(3, '1'), ...many]), '--report', report);
    expect(stderr.match(/import: line/g)).toHaveLength(20);
    expect(readFileSync(report, 'utf8').trim().split('\n')).toHaveLength(30);
  });

  test('keep everything out with --strict, the connection too', async () => {
    const { exitCode, stderr } = await load(focusCsv(rows), '--strict');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('3 rows are refused, so with --strict nothing was stored');
    expect(await connectionNames()).not.toContain(name);
  });

  test('that are all there is change nothing', async () => {
    await load(focusCsv([day(3, '1')]));
    const { exitCode, stderr } = await load(focusCsv([day(3, 'x')]));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('All 1 rows are refused');
    expect(await totals()).toEqual(['2026-11-03 Amazon EC2 1 USD']);
  });

  test.each([
    ['NUL', 'a\0b', 'ResourceName has the character NUL'],
    ['a field of 5 MB', 'x'.repeat(5_000_000), 'ResourceName is longer than 1000000 characters'],
  ])('%s', async (_name, value, reason) => {
    const { exitCode, stderr } = await load(
      focusCsv([day(3, '1'), day(4, '1', { ResourceName: value }), day(5, '1')]),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`line 3: ${reason}`);
    expect(await totals()).toHaveLength(2);
  });

  test('in another encoding', async () => {
    const csv = focusCsv([day(3, '1'), day(4, '1', { ResourceName: 'Größe' }), day(5, '1')]);
    const { exitCode, stderr } = await load(Buffer.from(csv, 'latin1'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('line 3: is not written in UTF-8');
    expect(await totals()).toHaveLength(2);
  });
});

describe('a file is refused and nothing changes', () => {
  const good = focusCsv([day(3, '1')]);
  const big = focusCsv(
    Array.from({ length: 20_000 }, (_, i) =>
      day(3, '1', { ResourceId: `i-${i}`, SkuId: String(i * 7919) }),
    ),
  );
  test.each([
    ['without a column', focusCsv([day(3, '2')], columnsOf('1.2').slice(2)), 'lacks BilledCost'],
    ['that is no FOCUS', 'a,b\n1,2\n', 'lacks BilledCost'],
    ['that is empty', '', 'is empty'],
    ['with a header only', focusCsv([]), 'holds no charges'],
    ['of gzip that is cut off', gzipSync(big).subarray(0, 50_000), 'damaged or cut off'],
    ['of UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le'), 'UTF-16'],
    ['in a zip archive', Buffer.from('PK\u0003\u0004'), 'zip archive'],
    ['of Parquet that is cut off', Buffer.from('PAR1 and no more'), 'damaged or cut off'],
    ['with a quote that stays open', `${good}"`, 'never closed'],
    [
      'of two providers',
      focusCsv([day(3, '2'), day(3, '2', { ProviderName: 'Microsoft' })]),
      'mixes costs of several providers',
    ],
    [
      'of a provider that is none of ours',
      focusCsv([day(3, '2', { ProviderName: 'Hetzner' })]),
      'say with --provider',
    ],
  ])('%s', async (_name, content, message) => {
    await load(good);
    const { exitCode, stderr } = await load(content);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(await totals()).toEqual(['2026-11-03 Amazon EC2 1 USD']);
  });

  test('for a connection of another provider', async () => {
    await load(good);
    const { exitCode, stderr } = await load(focusCsv([day(3, '2')]), '--provider', 'gcp');
    expect({ exitCode }).toEqual({ exitCode: 1 });
    expect(stderr).toContain('is of aws and the file of gcp');
    expect(await totals()).toEqual(['2026-11-03 Amazon EC2 1 USD']);
  });

  test('of several accounts where no connection is named', async () => {
    const rows = [day(3, '1'), day(3, '1', { BillingAccountId: '2' })];
    const { exitCode, stderr } = await run('import', put(focusCsv(rows)));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('several billing accounts');
    expect((await load(focusCsv(rows))).exitCode).toBe(0);
  });

  test('when the wire to the database is cut in the middle; exit code 3', async () => {
    await load(good);
    const wire = await startTcpProxy(database.url);
    const file = put(big);
    const pending = runCli(['import', file, '--connection', name], { DATABASE_URL: wire.url });
    const isCopying = async () =>
      (
        await sql`select 1 from pg_stat_activity where query like 'copy staging%'
          and datname = current_database() and state = 'active'`.execute(connected.db)
      ).rows.length > 0;
    while (!(await isCopying()));
    wire.setOpen(false);
    wire.cut();
    const { exitCode } = await pending;
    await wire.close();
    expect(exitCode).toBe(3);
    expect(await totals()).toEqual(['2026-11-03 Amazon EC2 1 USD']);
    expect((await load(big)).exitCode).toBe(0);
  });
});

test.each([
  [['import', '/nowhere/at/all.csv'], 'cannot open /nowhere/at/all.csv (ENOENT)'],
  [['import'], "missing required argument 'file'"],
  [['import', 'x.csv', '--provider', 'ibm'], 'Allowed choices are aws'],
  [['import', 'x.csv', '--from', '2026-11-31'], 'A UTC day'],
])('wrong usage exits 2: %j', async (args, message) => {
  const { exitCode, stderr } = await run(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});

test('where there is no database the exit code is 3', async () => {
  const env = { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' };
  const file = put(focusCsv([day(3, '1')]));
  expect((await runCli(['import', file], env)).exitCode).toBe(3);
});

describe('export', () => {
  const exported = (format: string, ...args: string[]) => {
    const file = join(folder, `${count}-out.${format}`);
    return run('export', '-o', file, '--format', format, '--connection', name, ...args).then(
      ({ exitCode, stderr }) => {
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        return file;
      },
    );
  };

  test.each(['csv', 'parquet'])('%s of any charges imports to the same totals', async (format) => {
    const cents = fc.integer({ min: -9e12, max: 9e12 }).map((n) => `${n / 100}`);
    const small = fc.integer({ min: 1, max: 999_999 }).map((n) => `${n}e-20`);
    const rows = fc.array(
      fc.record({
        day: fc.integer({ min: 1, max: 28 }),
        cost: fc.oneof(cents, small),
        ServiceName: fc.constantFrom('EC2', 'S3, "quoted"', 'Größe\n2'),
        RegionId: fc.constantFrom('', 'us-east-1'),
        BillingCurrency: fc.constantFrom('USD', 'EUR', 'JPY'),
        ListUnitPrice: fc.constantFrom('', '0.10', '1'),
        Tags: fc.constantFrom('', '{"a":"1"}', '{"b":"\\n\\\\"}'),
      }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        count += 1;
        name = `file ${count}`;
        const csv = focusCsv(given.map(({ day: d, cost, ...rest }) => day(d, cost, rest)));
        expect((await load(csv)).exitCode).toBe(0);
        const file = await exported(format);
        const copy = `${name} again`;
        expect((await run('import', file, '--connection', copy)).exitCode).toBe(0);
        expect(await totals(copy)).toEqual(await totals());
        // The very same charges, so that importing the export where it came from changes nothing.
        const { rows: hashes } = await sql<{ hash: string; connections: string }>`
          select dimensions_hash as hash, count(*) as connections from cost_records r
            join connections c on c.id = r.connection_id
          where c.name in (${name}, ${copy}) group by 1 having count(*) <> 2`.execute(connected.db);
        expect(hashes).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test('has the columns of FOCUS 1.2 in order and says what it assumed', async () => {
    await load(focusCsv([day(3, '5')]));
    await sql`update cost_records set effective_cost = null, list_cost = null, billing_period_start = null
      where connection_id = (select id from connections where name = ${name})`.execute(
      connected.db,
    );
    const [header, row] = readFileSync(await exported('csv'), 'utf8').split('\n');
    expect(header).toBe([...columnsOf('1.2'), 'x_AssumedColumns'].join(','));
    expect(row).toMatch(/,BillingPeriodStart EffectiveCost ListCost$/);
    expect(row).toContain('2026-11-01T00:00:00Z');
  });

  test('leaves out other days, connections and providers', async () => {
    await load(focusCsv([day(3, '5'), day(4, '6')]));
    const file = await exported('csv', '--from', '2026-11-04', '--to', '2026-11-05');
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
    const none = await exported('csv', '--provider', 'azure');
    expect(readFileSync(none, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  test('of amounts that no Parquet decimal holds says so and leaves no file', async () => {
    await load(focusCsv([day(3, '12345678901234567890'), day(4, '1e-30')]));
    const file = join(folder, `${count}.parquet`);
    const args = ['--format', 'parquet', '--connection', name];
    const { exitCode, stderr } = await run('export', '-o', file, ...args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('export CSV instead');
    expect(() => readFileSync(file)).toThrow();
  });

  test.each([
    [['-o', '/nowhere/x.csv'], 2, 'cannot write'],
    [['-o', join(folder, 'x.csv'), '--connection', 'nobody'], 1, 'There is no connection nobody'],
    [[], 2, 'required option'],
    [['-o', 'x', '--format', 'parquet', '--gzip'], 2, '--gzip is for CSV'],
  ])('%j exits %d', async (args, code, message) => {
    const { exitCode, stderr } = await run('export', ...args);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
  });
});
