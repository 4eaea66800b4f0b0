import type { CredentialInput, PermissionCheck } from '../../core/contracts/credential.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { createCallBudget } from '../kit/callBudget.ts';
import { createCallMeter } from '../kit/callMeter.ts';
import { checkPermission, skipped } from '../kit/credentials/checkPermission.ts';
import type { CountedCall } from '../kit/costs/countedCall.ts';
import { fromSql, type SqlQuery } from './toCostQuery.ts';
import { billingTableOf, createGcpClients } from './gcpClients.ts';
import type { GcpOptions } from './gcpSource.ts';
import { readRecommendations, RECOMMENDERS, type RecommenderId } from './recommenders.ts';
import { runQuery } from './runQuery.ts';
import { toTableRef, type ExportTable } from './exportTable.ts';

// Any zone shows whether the permission is there.
const ZONE = 'us-central1-a';

/** With what is tried, and whether the one request that is charged for may be made. */
export interface GcpCheck {
  credential?: CredentialInput | undefined;
  paid: boolean;
  signal: AbortSignal;
}

/**
 * Tries each permission by a real request. All of it is free but for the query that `paid` allows, which counts the charges
 * of yesterday.
 */
export async function checkGcpAccess(
  given: GcpOptions,
  { credential, paid, signal }: GcpCheck,
): Promise<PermissionCheck[]> {
  const options = { ...given, table: billingTableOf(credential) ?? given.table };
  const budget = createCallBudget(options.requestsPerDay, options.now);
  const clients = createGcpClients(options, budget, credential);
  const call: CountedCall = { connectionId: 'check', meter: createCallMeter(), signal };
  const checks: PermissionCheck[] = [];
  const check = async <T>(permission: string, send: () => Promise<T>): Promise<T | undefined> => {
    const tried = await checkPermission(permission, send);
    checks.push(tried.check);
    return tried.result;
  };
  const table = await check('bigquery.tables.get', () => clients.bigQuery().table(call));
  if (table) {
    const query = toQuery(table, options.now());
    await check('bigquery.jobs.create', () =>
      clients.bigQuery().dryRun(query, table.location, call),
    );
    const { bytesPerQuery: bytesMax, now } = options;
    if (paid) {
      await check('bigquery.tables.getData', () =>
        runQuery(clients.bigQuery(), query, { location: table.location, bytesMax, now }, call),
      );
    } else {
      checks.push(
        skipped('bigquery.tables.getData', 'a query is charged for; --selfcheck=paid makes one'),
      );
    }
  }
  const accounts = await check('billing.accounts.list', () => clients.billing.accounts(call));
  const [account] = accounts ?? [];
  if (account) {
    await check('billing.resourceAssociations.list', () =>
      clients.billing.projects(account.name, call),
    );
  }
  const project = projectOf(options);
  for (const recommender of project === undefined ? [] : recommenderIds()) {
    await check(RECOMMENDERS[recommender], () =>
      readRecommendations(
        clients.recommender,
        { project: project ?? '', zone: ZONE, recommender },
        call,
      ),
    );
  }
  return checks;
}

const recommenderIds = (): RecommenderId[] => Object.keys(RECOMMENDERS) as RecommenderId[];

const projectOf = ({ table }: GcpOptions): string | undefined =>
  table === undefined ? undefined : toTableRef(table).projectId;

function toQuery(table: ExportTable, now: Date): SqlQuery {
  const today = utcDay(now);
  return {
    sql: `SELECT COUNT(*) AS charges\nFROM ${fromSql(table)}\nWHERE usage_start_time >= @from AND usage_start_time < @to`,
    parameters: [],
    period: { start: addDays(today, -1), end: today },
  };
}
