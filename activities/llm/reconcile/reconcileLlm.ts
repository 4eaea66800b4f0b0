import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { driftOf } from '../../../core/llm/driftOf.ts';
import { billedMeter, type BilledLine, reconcile } from '../../../core/llm/reconcile.ts';
import type { CostRow } from '../../../core/mcp/costRow.ts';
import { addDays } from '../../../core/time/day.ts';
import type { Database } from '../../../db/connect.ts';
import { findConnection } from '../../../db/queries/connections/findConnection.ts';
import { readPricedParts } from '../../../db/queries/llm/readPricedParts.ts';
import { replaceReconciliations } from '../../../db/queries/llm/replaceReconciliations.ts';
import { readCostRows } from '../../detective/costs/readCostRows.ts';
import type { McpToolbox } from '../../platform/mcpToolbox.ts';

/** What the reconciliation uses. */
export interface ReconcileDependencies {
  db: Database;
  /** Opens the MCP server that reads a provider's costs. */
  openCosts: (provider: Provider) => Promise<McpToolbox>;
  signal: AbortSignal;
  /** Pages of the cost report after which it counts as never ending; default 5,000. */
  pagesMax?: number;
}

/** Which connection, and which UTC day of it. */
export interface ReconcileInput {
  connectionId: string;
  day: string;
}

/**
 * Compares what a UTC day's reported use comes to at our prices with the provider's own cost report, by model and kind of use,
 * keeps both, and returns how many classes drift. The day should be over and read: cost reports are final after some
 * three days. A second run makes the same rows again, so it is safe. Demo connections have no provider to ask.
 *
 * @throws CostGuardError `connection_not_found`, or as `readCostRows`; nothing is stored then
 */
export async function reconcileLlm(
  dependencies: ReconcileDependencies,
  input: ReconcileInput,
): Promise<{ drifted: number }> {
  const { db } = dependencies;
  const connection = await findConnection(db, input.connectionId);
  if (connection === undefined) {
    throw new CostGuardError(
      'connection_not_found',
      'The connection was deleted; its schedule ends by itself.',
    );
  }
  if (connection.demo) return { drifted: 0 };
  const theirs = await readBilled(dependencies, connection.provider, input);
  const classes = reconcile(await readPricedParts(db, input), theirs);
  await replaceReconciliations(db, { ...input, classes });
  return { drifted: classes.filter((row) => driftOf(row) !== null).length };
}

async function readBilled(
  { openCosts, signal, pagesMax = 5000 }: ReconcileDependencies,
  provider: Provider,
  { connectionId, day }: ReconcileInput,
): Promise<BilledLine[]> {
  const toolbox = await openCosts(provider);
  try {
    const period = { from: day, to: addDays(day, 1) };
    const reading = { toolbox, connectionId, provider, ...period, signal, pagesMax };
    const rows = readCostRows(
      { ...reading, onPage: () => undefined },
      {
        metrics: ['BilledCost'],
        groupBy: ['SkuMeter'],
        connectionIds: [`${provider}-${connectionId}`],
      },
    );
    const billed: BilledLine[] = [];
    for await (const row of rows) billed.push(toBilledLine(row));
    return billed;
  } finally {
    await toolbox.close();
  }
}

function toBilledLine(row: CostRow): BilledLine {
  // Prices are in USD, as both providers bill; another currency could not be compared.
  if (row.BillingCurrency !== 'USD') {
    throw new CostGuardError(
      'currency_mismatch',
      `The provider’s cost report is in ${row.BillingCurrency}, prices are in USD; they are not compared.`,
    );
  }
  const text = (column: string) => (typeof row[column] === 'string' ? row[column] : null);
  return {
    model: text('x_Model') ?? '',
    meter: billedMeter(text('x_TokenType'), row.SkuMeter ?? null),
    amount: row.BilledCost ?? '0',
    line: row.SkuMeter ?? '',
  };
}
