import { CostGuardError } from '../errors.ts';
import { FOCUS_COLUMNS, type FocusVersion } from './focusColumns.ts';

/** What the header of a FOCUS file says. */
export interface FocusHeader {
  version: FocusVersion;
  /** The names as they stand in the file, in its order. */
  names: readonly string[];
  /** Columns that are neither FOCUS's nor custom ones (`x_…`), and are passed over. */
  unknown: string[];
  /** Columns of the file's version that it lacks; each is stored as not known. */
  lacking: string[];
  hasBillingPeriods: boolean;
}

const BY_NAME = new Map(FOCUS_COLUMNS.map((column) => [column.name, column]));
const BILLING_PERIOD = ['BillingPeriodStart', 'BillingPeriodEnd'];

/**
 * Finds the version of FOCUS by the columns, which may stand in any order.
 *
 * @throws CostGuardError `invalid_request` where it is no header of FOCUS 1.0 to 1.2 or a column stands twice
 */
export function readHeader(names: readonly string[]): FocusHeader {
  const known = names.filter((name) => BY_NAME.has(name));
  const twice = known.find((name, i) => known.indexOf(name) !== i);
  if (twice !== undefined) throw refused(`has the column ${twice} twice`);
  const missing = FOCUS_COLUMNS.filter((c) => c.need === 'refuse' && !known.includes(c.name));
  if (missing.length > 0) {
    throw refused(
      names.includes('ServiceProviderName')
        ? 'is FOCUS 1.3 or later; ask the provider for 1.0, 1.1 or 1.2'
        : `lacks ${missing.map((column) => column.name).join(', ')}, which FOCUS 1.0 to 1.2 ask for in the first line`,
    );
  }
  const periods = BILLING_PERIOD.filter((name) => known.includes(name));
  if (periods.length === 1) throw refused(`has ${String(periods[0])} but not the other end of it`);
  const version = (['1.2', '1.1', '1.0'] as const).find((candidate) =>
    known.some((name) => BY_NAME.get(name)?.since === candidate),
  );
  return {
    version: version ?? '1.0',
    names,
    unknown: names.filter((name) => !BY_NAME.has(name) && !name.startsWith('x_')),
    lacking: FOCUS_COLUMNS.filter(
      (column) => column.since <= (version ?? '1.0') && !known.includes(column.name),
    ).map((column) => column.name),
    hasBillingPeriods: periods.length === 2,
  };
}

function refused(why: string): CostGuardError {
  return new CostGuardError('invalid_request', `The file ${why}. Nothing was stored.`);
}
