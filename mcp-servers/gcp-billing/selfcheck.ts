import { ToolError } from '../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { createCallBudget } from '../kit/callBudget.ts';
import { createCallMeter } from '../kit/callMeter.ts';
import type { CountedCall } from '../kit/costs/countedCall.ts';
import { fromSql, type SqlQuery } from './toCostQuery.ts';
import { createGcpClients } from './gcpClients.ts';
import type { GcpOptions } from './gcpSource.ts';
import { readRecommendations, RECOMMENDERS, type RecommenderId } from './recommenders.ts';
import { runQuery } from './runQuery.ts';
import { toTableRef, type ExportTable } from './exportTable.ts';

const TIMEOUT_MS = 60_000;
// Any zone shows whether the permission is there.
const ZONE = 'us-central1-a';

/**
 * Prints one line for each permission. All of it is free but for the query that `paid` allows, which counts the charges of
 * yesterday. True when everything that was tried works.
 */
export async function selfcheck(
  options: GcpOptions,
  paid: boolean,
  print: (line: string) => void,
): Promise<boolean> {
  const clients = createGcpClients(options, createCallBudget(options.requestsPerDay, options.now));
  const call: CountedCall = {
    connectionId: 'selfcheck',
    meter: createCallMeter(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  const check = createCheck(print);
  const table = await check('bigquery.tables.get', () => clients.bigQuery().table(call));
  if (table) {
    await check('bigquery.jobs.create', () =>
      clients.bigQuery().dryRun(toQuery(table, options.now()), table.location, call),
    );
    if (paid) {
      const settings = {
        location: table.location,
        bytesMax: options.bytesPerQuery,
        now: options.now,
      };
      await check('bigquery.tables.getData', () =>
        runQuery(clients.bigQuery(), toQuery(table, options.now()), settings, call),
      );
    } else {
      print('skip  bigquery.tables.getData: a query is charged for; --selfcheck=paid makes one');
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
  return check.isGood();
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

function createCheck(print: (line: string) => void) {
  let good = true;
  const check = async <T>(permission: string, send: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await send();
      print(`ok    ${permission}`);
      return result;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      good = false;
      const word = error.meta.code === 'PERMISSION_MISSING' ? 'MISSING' : 'FAILED';
      print(`${word} ${permission}: ${error.message}`);
      return undefined;
    }
  };
  return Object.assign(check, { isGood: () => good });
}
