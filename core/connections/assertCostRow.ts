import { CostGuardError } from '../errors.ts';
import type { CostRow } from '../mcp/costRow.ts';

/** The UTC days that were asked for, the end excluded. */
interface AskedPeriod {
  from: string;
  to: string;
}

/**
 * Refuses a row that cannot be stored as a charge: without an amount or a currency, or of days that were not asked for,
 * as a provider whose clock jumps would give it. One such row makes the whole answer doubtful, so nothing of it is stored.
 * The message names days, never amounts or services: it enters workflow histories.
 *
 * @throws CostGuardError `provider_answer_invalid`
 */
export function assertCostRow(row: CostRow, { from, to }: AskedPeriod): void {
  const first = row.ChargePeriodStart.slice(0, 10);
  if (first < from || first >= to || row.ChargePeriodEnd.slice(0, 10) > to) {
    throw invalid(
      `The provider answered for ${first}, which is outside ${from} to ${to}`,
      'check the clocks of the MCP server and of the provider’s endpoint',
    );
  }
  if (row.BilledCost === undefined) {
    throw invalid(`A charge of ${first} has no amount`, SEE_LOG);
  }
  if (!/^[A-Z]{3}$/.test(row.BillingCurrency)) {
    throw invalid(`A charge of ${first} has no ISO 4217 currency`, SEE_LOG);
  }
}

const SEE_LOG = 'look at the log of this connection’s MCP server';

function invalid(what: string, remedy: string): CostGuardError {
  return new CostGuardError(
    'provider_answer_invalid',
    `${what}; nothing was stored. Poll again; if it stays, ${remedy}.`,
  );
}
