import { sql } from 'kysely';
import type { Anomaly } from '../../../core/contracts/anomaly.ts';
import { isLlmAnomalyKind, type LlmSubject } from '../../../core/contracts/llmFinding.ts';
import {
  DAY_MS,
  HABIT_DAYS,
  HOUR_MS,
  JUDGED_METERS,
  type JudgedMeter,
  type KnownEpisode,
  type ReconciledDay,
  type UseCell,
  type UseView,
} from '../../../core/llm/detection/useView.ts';
import type { LlmProvider } from '../../../core/llm/detection/toLlmReport.ts';
import { notFound } from '../../../core/notFound.ts';
import { utcDay } from '../../../core/time/day.ts';
import type { Database } from '../../connect.ts';

/** A finding as it was reported, with its id. */
export type StoredEpisode = KnownEpisode & { id: string };

/** What judging a connection needs. */
export interface StoredUse {
  provider: LlmProvider;
  view: Omit<UseView, 'known'> & { known: StoredEpisode[] };
}

const RECENT_HOURS = 6;
const BUCKET_SECONDS = { hours: 3600, recent: 60 } as const;
// Hours that are not summed yet, such as the one that goes on, are told by the minute there too.
const SOURCES = { hours: 'llm_spend_hours', recent: 'llm_spend' } as const;

/**
 * The use of a connection's language models before `until` (milliseconds UTC), by the hour for 35 days and by the minute
 * for six hours, with the findings that were reported and the bills that were reconciled. Whole days, which no hour can
 * be told of, are left out.
 *
 * @throws CostGuardError `connection_not_found`, also for a provider without language models
 */
export async function readUseView(
  db: Database,
  connectionId: string,
  until: number,
): Promise<StoredUse> {
  const connection = await db
    .selectFrom('connections')
    .select(['provider', 'min_daily_impact', 'sensitivity'])
    .where('id', '=', connectionId)
    .where('provider', 'in', ['openai', 'anthropic'])
    .executeTakeFirst();
  if (connection === undefined) throw notFound('connection_not_found');
  const hour = Math.floor(until / HOUR_MS) * HOUR_MS;
  const since = hour - HABIT_DAYS * DAY_MS;
  return {
    provider: connection.provider as LlmProvider,
    view: {
      until,
      hours: await readCells(db, connectionId, { from: since, until }, 'hours'),
      recent: await readCells(
        db,
        connectionId,
        { from: hour - RECENT_HOURS * HOUR_MS, until },
        'recent',
      ),
      known: await readEpisodes(db, connectionId, since),
      reconciled: await readReconciled(db, connectionId, since),
      minImpact: Number(connection.min_daily_impact),
      sensitivity: connection.sensitivity,
    },
  };
}

const UNITS: Record<JudgedMeter, string> = {
  input: 'input_tokens',
  cache_read: 'cached_input_tokens',
  cache_write: 'cache_write_tokens',
  cache_write_5m: 'cache_write_5m_tokens',
  cache_write_1h: 'cache_write_1h_tokens',
  output: 'output_tokens',
  reasoning: 'reasoning_tokens',
  web_search: `(other_units ->> 'web_search')::numeric`,
};

const TOKENS = JUDGED_METERS.filter((meter) => meter !== 'web_search')
  .map((meter) => UNITS[meter])
  .join(' + ');

// Several rows of an hour may not have had theirs at once, so their sum is the most that it can have been.
const PEAKS = {
  hours: sql`case when bool_and(peak_cost is not null) then sum(peak_cost) end::float8 as peak_cost,
    case when bool_and(peak_tokens is not null) then sum(peak_tokens) end::float8 as peak_tokens`,
  recent: sql`null::float8 as peak_cost, null::float8 as peak_tokens`,
};

interface CellRow {
  at: Date;
  project_id: string;
  api_key_id: string;
  model: string;
  tier: string;
  cost: number;
  unpriced_tokens: number;
  units: (number | null)[];
  parts: (number | null)[];
  peak_cost: number | null;
  peak_tokens: number | null;
}

async function readCells(
  db: Database,
  connectionId: string,
  { from, until }: { from: number; until: number },
  resolution: keyof typeof BUCKET_SECONDS,
): Promise<UseCell[]> {
  const seconds = sql.lit(BUCKET_SECONDS[resolution]);
  const units = sql.raw(JUDGED_METERS.map((meter) => `sum(${UNITS[meter]})::float8`).join(', '));
  const parts = sql.raw(
    JUDGED_METERS.map((meter) => `sum((cost_parts ->> '${meter}')::numeric)::float8`).join(', '),
  );
  const { rows } = await sql<CellRow>`
    select date_bin(make_interval(secs => ${seconds}), bucket_start, 'epoch'::timestamptz) as at,
      project_id, api_key_id, model, service_tier || '|' || context_window as tier,
      -- Of a use that is priced in part, the known part.
      sum(coalesce(cost, (select sum(part.value::numeric) from jsonb_each_text(cost_parts) part), 0))::float8 as cost,
      coalesce(sum(${sql.raw(TOKENS)}) filter (where cost is null and cost_parts = '{}'), 0)::float8 as unpriced_tokens,
      array[${units}] as units, array[${parts}] as parts, ${PEAKS[resolution]}
    from ${sql.table(SOURCES[resolution])}
    where connection_id = ${connectionId} and bucket_seconds <= 3600
      and bucket_start >= ${new Date(from)} and bucket_start < ${new Date(until)}
    group by 1, 2, 3, 4, 5`.execute(db);
  return rows.map((row) => ({
    at: row.at.getTime(),
    projectId: row.project_id,
    apiKeyId: row.api_key_id,
    model: row.model,
    tier: row.tier,
    cost: row.cost,
    unpricedTokens: row.unpriced_tokens,
    units: byMeter(row.units, (count) => count !== null && count > 0),
    parts: byMeter(row.parts, (cost) => cost !== null),
    ...(row.peak_cost !== null &&
      row.peak_tokens !== null && { peak: { cost: row.peak_cost, tokens: row.peak_tokens } }),
  }));
}

function byMeter(
  values: readonly (number | null)[],
  isTold: (value: number | null) => boolean,
): Partial<Record<JudgedMeter, number>> {
  const told: Partial<Record<JudgedMeter, number>> = {};
  for (const [index, meter] of JUDGED_METERS.entries()) {
    const value = values[index] ?? null;
    if (value !== null && isTold(value)) told[meter] = value;
  }
  return told;
}

async function readEpisodes(
  db: Database,
  connectionId: string,
  since: number,
): Promise<StoredEpisode[]> {
  const rows = await db
    .selectFrom('anomalies')
    .select(['id', 'kind', 'sub_account_id', 'started_on', 'status', 'impact', 'llm'])
    .where('connection_id', '=', connectionId)
    .where('llm', 'is not', null)
    .where((eb) =>
      eb.or([eb('last_seen_on', '>=', utcDay(new Date(since))), eb('status', '=', 'open')]),
    )
    // The newest of those that are alike comes first.
    .orderBy('last_seen_on', 'desc')
    .orderBy('created_at', 'desc')
    .execute();
  return rows.flatMap((row) => {
    const llm = row.llm as LlmSubject | null;
    if (llm === null || !isLlmAnomalyKind(row.kind)) return [];
    return [
      {
        id: row.id,
        kind: row.kind,
        scope: {
          projectId: row.sub_account_id ?? '',
          apiKeyId: llm.apiKeyId ?? '',
          model: llm.model ?? '',
          previousModel: llm.previousModel ?? '',
          meter: llm.meter ?? '',
        },
        startedOn: row.started_on,
        startedAt: Date.parse(llm.startedAt),
        lastSeenAt: Date.parse(llm.lastSeenAt),
        status: row.status as Anomaly['status'],
        impact: Number(row.impact),
      },
    ];
  });
}

function readReconciled(
  db: Database,
  connectionId: string,
  since: number,
): Promise<ReconciledDay[]> {
  return db
    .selectFrom('llm_reconciliations')
    .select(['day', 'model', 'meter', 'ours', 'ours_max as oursMax', 'theirs'])
    .where('connection_id', '=', connectionId)
    .where('currency', '=', 'USD')
    .where('day', '>=', utcDay(new Date(since)))
    .execute();
}
