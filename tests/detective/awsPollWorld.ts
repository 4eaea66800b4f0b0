import { addDays, utcDay } from '../../core/time/day.ts';
import { type Answer, type AwsCall, type AwsProxy, startAwsProxy } from '../mcp/awsProxy.ts';
import { type HttpServer, startServer } from '../mcp/serverProcess.ts';
import { startMoto } from '../servers/startMoto.ts';
import { accountResults, costResults, type CostMeter } from '../system/costResults.ts';
import { type PollWorld, startPollWorld } from './pollWorld.ts';

/** The account that all costs are of: moto's own. */
export const ACCOUNT_ID = '123456789012';

/** A detective with a real aws-cost server, whose AWS is moto behind a proxy that tells costs and causes faults. */
export interface AwsPollWorld extends PollWorld {
  proxy: AwsProxy;
  server: () => HttpServer;
  /** Everything that the server wrote, also before it was started anew. */
  serverOutput: () => string;
  /** What the account is charged; all days alike unless told. */
  meters: CostMeter[];
  /** Which accounts have costs in a period that begins on that day; else ACCOUNT_ID alone. */
  accounts: (give: (start: string) => string[]) => void;
  /** Answers requests for costs in the account's place while it returns something; the index counts from here. */
  fault: (give: (call: AwsCall, index: number) => Answer | undefined) => void;
  /** Ends the server and starts it anew on the same port. */
  restartServer: () => Promise<void>;
}

/** Starts all of it; `env` adds to the MCP server's environment. */
export async function startAwsPollWorld(
  options: { env?: Record<string, string>; backfillMonths?: number } = {},
): Promise<AwsPollWorld> {
  const moto = await startMoto();
  const proxy = await startAwsProxy(moto.url);
  const env = { ...moto.env, AWS_ENDPOINT_URL: proxy.url, ...options.env };
  let server = await startServer('aws-cost', env);
  let earlier = '';
  const world = await startPollWorld({ mcpUrl: () => server.url, ...options });
  const meters: CostMeter[] = [];
  let fault: (call: AwsCall, index: number) => Answer | undefined = () => undefined;
  let count = 0;
  let accountsIn: (start: string) => string[] = () => [ACCOUNT_ID];
  proxy.answer('GetCostAndUsage', (call) => {
    const { TimePeriod, GroupBy } = call.body as {
      TimePeriod: { Start: string; End: string };
      GroupBy: { Key: string }[];
    };
    if (GroupBy[0]?.Key === 'LINKED_ACCOUNT') {
      return { json: accountResults(TimePeriod, accountsIn(TimePeriod.Start)) };
    }
    const given = fault(call, count);
    count += 1;
    return given ?? { json: costResults(TimePeriod.Start, TimePeriod.End, meters) };
  });
  return {
    ...world,
    proxy,
    meters,
    server: () => server,
    serverOutput: () => earlier + server.output(),
    accounts: (give) => {
      accountsIn = give;
    },
    fault: (give) => {
      fault = give;
      count = 0;
    },
    restartServer: async () => {
      const port = server.url.port;
      await server.stop();
      earlier += server.output();
      server = await startServer('aws-cost', { ...env, MCP_PORT: port });
    },
    close: async () => {
      await world.close();
      await server.stop();
      await proxy.close();
      await moto.stop();
    },
  };
}

/** A meter of compute that costs the same each day, in dollars. */
export function flatMeter(usageType: string, cost: string): CostMeter {
  return {
    service: 'Amazon Elastic Compute Cloud - Compute',
    usageType,
    unit: 'Hrs',
    costOn: () => cost,
    quantityOn: () => '24',
  };
}

/** Yesterday, the newest day that polls read. */
export const yesterday = (): string => addDays(utcDay(new Date()), -1);
