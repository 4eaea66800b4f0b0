import pg from 'pg';
import type { Provider } from '../../../../core/contracts/scalars.ts';
import { FOCUS_COLUMNS, type FocusColumn } from '../../../../core/focus/focusColumns.ts';

/** Which charges: by the UTC day on which they begin (`from` included, `to` excluded), and what else is asked for. */
export interface FocusFilter {
  from: string;
  to: string;
  connectionId?: string | undefined;
  provider?: Provider | undefined;
}

/** The column, after those of FOCUS, that names the columns of a row whose values were assumed. */
export const ASSUMED_COLUMN = 'x_AssumedColumns';

/**
 * What FOCUS demands and a provider's own report may not tell: the value that stands in for it. Each is named in the row's
 * `x_AssumedColumns`.
 *
 * @see docs/focus.md "What an export assumes"
 */
const ASSUMED: Readonly<Record<string, string>> = {
  BillingAccountId: `coalesce(r.sub_account_id, c.name)`,
  BillingPeriodStart: `date_trunc('month', r.charge_period_start, 'UTC')`,
  BillingPeriodEnd: `date_trunc('month', r.charge_period_start, 'UTC') + interval '1 month'`,
  EffectiveCost: `r.billed_cost`,
  ContractedCost: `r.billed_cost`,
  ListCost: `coalesce(r.contracted_cost, r.billed_cost)`,
  InvoiceIssuerName: `r.provider_name`,
  PublisherName: `r.provider_name`,
  ServiceCategory: `'Other'`,
};

/** The names of an export's columns, in order. */
export const EXPORT_NAMES: readonly string[] = [
  ...FOCUS_COLUMNS.map(({ name }) => name),
  ASSUMED_COLUMN,
];

const assumedNames = Object.keys(ASSUMED).map((name) => {
  const column = FOCUS_COLUMNS.find((candidate) => candidate.name === name)?.column ?? '';
  return `case when r.${column} is null then '${name}' end`;
});

const selected = [
  ...FOCUS_COLUMNS.map((column) => `${asText(column)} as "${column.name}"`),
  `nullif(concat_ws(' ', ${assumedNames.join(', ')}), '') as "${ASSUMED_COLUMN}"`,
].join(', ');

function asText({ name, column, kind }: FocusColumn): string {
  const assumed = ASSUMED[name];
  const value = assumed === undefined ? `r.${column}` : `coalesce(r.${column}, ${assumed})`;
  if (kind === 'instant') {
    return `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  }
  return `(${value})::text`;
}

/** The statement that gives the charges as FOCUS 1.2 rows, every column as text. COPY takes no parameters, so they stand in it. */
export function focusSelect(filter: FocusFilter): string {
  return `select ${selected} ${fromWhere(filter)}`;
}

/** The statement that gives for each decimal column its digits before and after the point, one row. */
export function focusDigitsSelect(filter: FocusFilter): string {
  const digits = FOCUS_COLUMNS.filter(({ kind }) => kind === 'decimal').map(
    ({ name, column }) =>
      `coalesce(max(length(trunc(abs(r.${column}))::text)), 1) as "${name} before",
       coalesce(max(min_scale(r.${column})), 0) as "${name} after"`,
  );
  return `select ${digits.join(', ')} ${fromWhere(filter)}`;
}

function fromWhere({ from, to, connectionId, provider }: FocusFilter): string {
  const conditions = [
    `r.charge_period_start >= ${pg.escapeLiteral(from)}::date::timestamptz`,
    `r.charge_period_start < ${pg.escapeLiteral(to)}::date::timestamptz`,
  ];
  if (connectionId !== undefined)
    conditions.push(`r.connection_id = ${pg.escapeLiteral(connectionId)}::uuid`);
  if (provider !== undefined) conditions.push(`c.provider = ${pg.escapeLiteral(provider)}`);
  return `from cost_records r join connections c on c.id = r.connection_id
    where ${conditions.join(' and ')}`;
}
