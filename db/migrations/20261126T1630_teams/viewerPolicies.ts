const connections = '(select public.viewer_connections())::uuid[]';
const whole = '(select public.viewer_whole())::uuid[]';
const accounts = '(select public.viewer_accounts())::text[]';
const owners = '(select public.viewer_owners())';

const isWhole = `connection_id = any (${whole})`;
const isOfAccount = (column: string) => `connection_id || ' ' || ${column} = any (${accounts})`;
// Whatever has a connection is looked up by it first, which an index can do.
const within = (condition: string) => `connection_id = any (${connections}) and (${condition})`;
const isTagged = `${owners} -> connection_id::text -> 'owners' ? (tags ->> (${owners} -> connection_id::text ->> 'tag'))`;
const wholeOrAccount = (column: string) => within(`${isWhole} or ${isOfAccount(column)}`);
const partOf = (table: string, column: string) => `${column} in (select id from public.${table})`;

/** For each table that a viewer may read: the rows that are seen. Every other table is closed. */
const VISIBLE: Readonly<Record<string, string>> = {
  connections: `id = any (${connections})`,
  cost_records: within(`${isWhole} or ${isOfAccount('sub_account_id')} or ${isTagged}`),
  // It knows no tags: for connections of which owners' charges are seen, the view of schema viewer sums the charges.
  cost_daily: within(
    `${isWhole} or (${isOfAccount('sub_account_id')}
       and not connection_id = any ((select public.viewer_tagged())::uuid[]))`,
  ),
  cost_daily_revisions: wholeOrAccount('sub_account_id'),
  backfill_months: isWhole,
  llm_usage: wholeOrAccount('project_id'),
  llm_pulls: `connection_id = any (${connections})`,
  llm_reconciliations: isWhole,
  // The organisation's own price list: it tells of no use.
  llm_price_overrides: 'true',
  anomalies: within(
    `${isWhole} or (${isOfAccount('sub_account_id')} and public.viewer_sees_incident(id, connection_id))`,
  ),
  anomaly_drivers: partOf('anomalies', 'anomaly_id'),
  anomaly_series: partOf('anomalies', 'anomaly_id'),
  anomaly_feedback: partOf('anomalies', 'anomaly_id'),
  actions: within(`${isWhole} or ${partOf('anomalies', 'anomaly_id')}`),
  action_events: partOf('actions', 'action_id'),
  action_steps: partOf('actions', 'action_id'),
  // Only what is summed from nothing else: a budget of a connection, or of one of its accounts.
  budgets: `filter ->> 'connectionId' = any (${whole}::text[])
    or (filter ->> 'connectionId') || ' ' || (filter ->> 'account') = any (${accounts})`,
  budget_warnings: partOf('budgets', 'budget_id'),
};

/** Row-level security of every table that a viewer may read. */
export const VIEWER_POLICIES: readonly string[] = [
  ...Object.entries(VISIBLE).flatMap(([table, rows]) => [
    `alter table ${table} enable row level security`,
    `create policy teams on ${table} for select using (${rows})`,
  ]),
  // Else it would read with its owner's rights, whoever asks.
  `alter view llm_spend set (security_invoker = true)`,
];
