import { FOCUS_COLUMNS, type FocusVersion } from '../../core/focus/focusColumns.ts';

/** A row of a FOCUS file by column; what is left out is empty. */
export type FocusRow = Record<string, string>;

/** A valid charge of AWS on a day of November 2026, with what differs. */
export function focusRow(given: FocusRow = {}): FocusRow {
  return {
    BilledCost: '1.5',
    BillingAccountId: '123456789012',
    BillingCurrency: 'USD',
    BillingPeriodStart: '2026-11-01T00:00:00Z',
    BillingPeriodEnd: '2026-12-01T00:00:00Z',
    ChargeCategory: 'Usage',
    ChargePeriodStart: '2026-11-03T00:00:00Z',
    ChargePeriodEnd: '2026-11-04T00:00:00Z',
    ContractedCost: '1.5',
    EffectiveCost: '1.5',
    InvoiceIssuerName: 'AWS',
    ListCost: '2',
    ProviderName: 'AWS',
    PublisherName: 'AWS',
    ServiceCategory: 'Compute',
    ServiceName: 'Amazon EC2',
    Tags: '{"team":"shop"}',
    ...given,
  };
}

/** The columns of a version, in the order of FOCUS. */
export function columnsOf(version: FocusVersion): string[] {
  return FOCUS_COLUMNS.filter(({ since }) => since <= version).map(({ name }) => name);
}

/** A CSV file as RFC 4180 says. */
export function focusCsv(
  rows: readonly FocusRow[],
  columns: readonly string[] = columnsOf('1.2'),
  lineEnd = '\n',
): string {
  const quoted = (cell: string) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const lines = rows.map((row) => columns.map((name) => quoted(row[name] ?? '')).join(','));
  return [columns.join(','), ...lines, ''].join(lineEnd);
}
