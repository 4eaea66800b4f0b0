import type { CostQuestion, FoundCosts } from '../kit/costs/costSource.ts';
import { toSourceStatus, type Ask, type ConnectionCall } from '../kit/costs/createAsk.ts';
import { costsTtlMs, provisionalFrom } from '../kit/costs/freshness.ts';
import { fingerprint } from '../kit/cursor.ts';
import type { ExportTable } from './exportTable.ts';
import { fromQueryRows, type CostCell } from './fromQueryRows.ts';
import { noResources } from './noResources.ts';
import { RESTATEMENT_DAYS } from './retention.ts';
import type { QueryRow } from './runQuery.ts';
import { columnOf, toCostQuery, type CostQuery, type SqlQuery } from './toCostQuery.ts';
import { toCostRows, type CostRows } from './toCostRows.ts';

/** What questions about costs need. */
export interface CostParts {
  /** The export's table, from cache where it was looked at before. */
  table: (call: ConnectionCall) => Promise<ExportTable>;
  /** Runs a query on it. */
  run: (query: SqlQuery, table: ExportTable, call: ConnectionCall) => Promise<QueryRow[]>;
  /** FOCUS `PricingCategory` by SKU, for the SKUs of some services. */
  pricing: (
    serviceIds: readonly string[],
    call: ConnectionCall,
  ) => Promise<ReadonlyMap<string, string>>;
  ask: Ask<readonly CostCell[]>;
  now: () => Date;
}

/** Answers questions about costs from the export. @throws ToolError as `toCostQuery`, `runQuery` and `fromQueryRows` say */
export function createAskCosts({ table, run, pricing, ask, now }: CostParts) {
  // What one question made of an answer is kept as long as the answer itself: its pages are asked for one by one.
  const known = new WeakMap<readonly CostCell[], CostRows & { key: string }>();
  return async (question: CostQuestion, call: ConnectionCall): Promise<FoundCosts> => {
    const exported = await table(call);
    if (question.byResource === true && !exported.hasResources) throw noResources();
    const query = toCostQuery(question, exported, now());
    const { period } = query;
    const provisional = provisionalFrom(period, RESTATEMENT_DAYS, now());
    const key = [query.sql, query.parameters, period];
    const { value, asOf, stale } = await ask(key, call, async (within) => {
      const rows = await run(query, exported, within);
      const cells = fromQueryRows(rows, query, question.granularity);
      return {
        value: cells,
        ttlMs: costsTtlMs(provisional, period, now()),
        weight: cells.length + 1,
      };
    });
    const made = known.get(value);
    const asked = fingerprint(question);
    const rows =
      made?.key === asked
        ? made
        : { ...(await toRows(value, question, query, (ids) => pricing(ids, call))), key: asked };
    known.set(value, rows);
    return {
      rows: rows.rows,
      derivedColumns: rows.derivedColumns,
      period,
      provisionalFrom: provisional,
      asOf,
      sources: [toSourceStatus(call.connectionId, stale)],
      notes: notesOn(query),
    };
  };
}

async function toRows(
  cells: readonly CostCell[],
  question: CostQuestion,
  query: CostQuery,
  pricing: (serviceIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<CostRows> {
  if (!question.groupBy.includes('PricingCategory')) {
    return toCostRows(cells, question, query, () => null);
  }
  const services = new Set(cells.flatMap(({ values }) => values[columnOf('serviceId')] ?? []));
  const categories = await pricing([...services].sort());
  return toCostRows(cells, question, query, (sku) => categories.get(sku ?? '') ?? null);
}

function notesOn({ metrics }: CostQuery): string[] {
  return [
    ...(metrics.includes('EffectiveCost')
      ? ['EffectiveCost is BilledCost here: the export has one cost, after credits.']
      : []),
    'usd is the list price of the bytes scanned; the first TiB of a month is free.',
  ];
}
