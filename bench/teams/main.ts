import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { connect, type Database } from '../../db/connect.ts';
import { readCostSeries } from '../../db/queries/usage/readCostSeries.ts';
import { countOpenWork, readCostChanges } from '../../db/queries/usage/readSummary.ts';
import { connectViewers } from '../../db/viewers/connectViewers.ts';
import { startBenchPostgres } from '../ingest/startBenchPostgres.ts';

// What row-level security costs the overview's queries: npx tsx bench/teams/main.ts, or node on the built files.
const CONNECTIONS = 20;
const DAYS = 400;
const SERIES = 40;
const RUNS = 15;
const period = { from: '2026-10-19', to: '2026-11-18' };

const folder = mkdtempSync(join(tmpdir(), 'costguard-bench-teams-'));
chmodSync(folder, 0o755);
const postgres = await startBenchPostgres(folder);
const options = { applicationName: 'bench-teams', poolSizeMax: 1 };
const { db, close } = connect(postgres.url, options);
const viewers = connectViewers(postgres.url, options);
try {
  const ids = await fill(db);
  const everything = await medianMs(db);
  process.stdout.write(
    `${CONNECTIONS * DAYS * SERIES} rows of cost_daily; the overview's queries over 30 days, median of ${RUNS}\n`,
  );
  process.stdout.write(`everything, without teams: ${everything.toFixed(1)} ms\n`);
  const first = ids[0] ?? '';
  const grants = {
    'all connections, each given': ids.map((id) => [id, null, null]),
    'one connection': [[first, null, null]],
    'one account': [[first, 'account 1', null]],
    'one owner, from the charges': [[first, null, 'owner 1']],
  };
  for (const [name, given] of Object.entries(grants)) {
    const viewer = await addViewer(db, given);
    const ms = await medianMs(viewers.as(viewer).db);
    process.stdout.write(`${name}: ${ms.toFixed(1)} ms, ${(ms / everything).toFixed(2)} times\n`);
  }
} finally {
  await viewers.close();
  await close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Daily totals for all connections, and for the first one the charges that they are the sum of. */
async function fill(on: Database): Promise<string[]> {
  const ids = Array.from({ length: CONNECTIONS }, () => randomUUID());
  await sql`insert into connections (id, provider, name, mode, poll_interval_minutes)
    select id, 'aws', id::text, 'read_only', 60 from unnest(${ids}::uuid[]) id`.execute(on);
  await sql`select ensure_cost_partitions('2025-10-01', '2026-11-30')`.execute(on);
  await sql`insert into cost_records (connection_id, charge_period_start, charge_period_end, dimensions_hash, provider_name,
      service_name, sub_account_id, charge_category, billed_cost, billing_currency, tags)
    select ${ids[0] ?? ''}::uuid, at, at + interval '1 day', gen_random_uuid(), 'AWS', 'service ' || s % 20,
      'account ' || s % 4, 'Usage', s + 0.01, 'USD', jsonb_build_object('owner', 'owner ' || s % 3)
    from generate_series(0, ${DAYS - 1}) day, generate_series(1, ${SERIES}) s,
      lateral (select timestamptz '2026-11-17 00:00Z' - day * interval '1 day' as at) t`.execute(
    on,
  );
  await sql`insert into cost_daily (connection_id, day, provider, sub_account_id, service_name, region_id,
      billing_currency, billed_cost, row_count)
    select id, date '2026-11-17' - day, 'aws', 'account ' || s % 4, 'service ' || s % 20, 'region ' || s, 'USD', s + 0.01, 1
    from unnest(${ids}::uuid[]) id, generate_series(0, ${DAYS - 1}) day, generate_series(1, ${SERIES}) s`.execute(
    on,
  );
  await sql`analyze`.execute(on);
  return ids;
}

async function addViewer(on: Database, grants: (string | null)[][]): Promise<string> {
  const [user, team] = [randomUUID(), randomUUID()];
  await sql`insert into users (id, username, role, password_hash) values (${user}, ${user}, 'viewer', 'x')`.execute(
    on,
  );
  await sql`insert into teams (id, name) values (${team}, ${team})`.execute(on);
  await sql`insert into team_members (team_id, user_id) values (${team}, ${user})`.execute(on);
  for (const [connection, account, owner] of grants)
    await sql`insert into team_grants values (${team}, ${connection}, ${account}, ${owner})`.execute(
      on,
    );
  return user;
}

async function medianMs(on: Database): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const started = performance.now();
    await readCostSeries(on, { ...period, granularity: 'day', groupBy: 'service', limit: 8 });
    await readCostChanges(on, {
      ...period,
      comparedTo: period.to,
      previousFrom: '2026-09-19',
      previousTo: period.from,
      groupBy: 'service',
    });
    await countOpenWork(on);
    // The first run plans and warms.
    if (run > 0) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}
