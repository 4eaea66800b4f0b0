import { sumDecimals } from '../../core/money/money.ts';
import { addDays, daysBetween, utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { startMoto } from '../servers/startMoto.ts';
import { startAwsProxy, type Answer, type AwsCall } from './awsProxy.ts';
import { groupBy } from './groupBy.ts';
import type { ProviderWorld } from './providerWorld.ts';

const TODAY = utcDay(new Date());
const PERIOD = { start: addDays(TODAY, -6), end: addDays(TODAY, -3) };
const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const SECRET = 'planted+aws/secret+key0123456789abcdef01';
const REQUEST_BODY = 'planted-text-of-the-provider arn:aws:iam::123456789012:role/planted';

/** What each account spends a day on each service, in US dollars. */
const LEDGER: readonly Record<string, string>[] = [
  { SERVICE: EC2, LINKED_ACCOUNT: '111111111111', USAGE_TYPE: 'BoxUsage', amount: '10.1000000001' },
  { SERVICE: EC2, LINKED_ACCOUNT: '222222222222', USAGE_TYPE: 'BoxUsage', amount: '0.3' },
  {
    SERVICE: 'Amazon Simple Storage Service',
    LINKED_ACCOUNT: '111111111111',
    USAGE_TYPE: 'TimedStorage',
    amount: '2.25',
  },
  {
    SERVICE: 'Amazon Simple Storage Service',
    LINKED_ACCOUNT: '222222222222',
    USAGE_TYPE: 'TimedStorage',
    amount: '0.000000000000000001',
  },
  { SERVICE: 'AWS Lambda', LINKED_ACCOUNT: '222222222222', USAGE_TYPE: 'Request', amount: '-0.05' },
];
const RESOURCES = [
  { RESOURCE_ID: 'i-0aaa', amount: '10.1000000001' },
  { RESOURCE_ID: 'i-0bbb', amount: '0.3' },
];

const FAULTS: Record<'throttled' | 'expired' | 'forbidden' | 'broken' | 'cut' | 'hang', Answer> = {
  throttled: fault(400, 'ThrottlingException', { 'retry-after': '7' }),
  expired: fault(400, 'ExpiredTokenException'),
  forbidden: fault(400, 'AccessDeniedException'),
  broken: { status: 200, html: `<html>${REQUEST_BODY}</html>` },
  cut: { cut: true },
  hang: { hang: true },
};

/**
 * Moto's AWS account behind a proxy. Moto gives back only what was queued for one request, so costs are answered here from
 * a small ledger, as any grouping of it; everything else passes to moto.
 */
export async function startAwsProviderWorld(): Promise<ProviderWorld> {
  const moto = await startMoto();
  const proxy = await startAwsProxy(moto.url);
  let broken: Answer | undefined;
  let abandoned = 0;
  const serve = (rows: readonly Record<string, string>[]) => (call: AwsCall) => {
    void call.abandoned.then(() => (abandoned += 1));
    return broken ?? { json: answerCosts(call.body as unknown as CostRequest, rows) };
  };
  proxy.answer('GetCostAndUsage', serve(LEDGER));
  proxy.answer('GetCostAndUsageWithResources', serve(RESOURCES));
  return {
    server: 'aws-cost',
    provider: 'AWS',
    env: { ...moto.env, AWS_ENDPOINT_URL: proxy.url, AWS_SECRET_ACCESS_KEY: SECRET },
    period: PERIOD,
    groupBy: ['ServiceName', 'SubAccountId'],
    totals: { USD: sumDecimals(LEDGER.flatMap(({ amount = '0' }) => [amount, amount, amount])) },
    resources: { filter: { dimension: 'ServiceName', in: [EC2] }, period: PERIOD },
    calls: () => proxy.paid().length,
    break: (how) => {
      broken = FAULTS[how];
    },
    heal: () => {
      broken = undefined;
      proxy.cutHanging();
    },
    abandoned: () => abandoned,
    secrets: [SECRET, REQUEST_BODY],
    close: async () => {
      await proxy.close();
      await moto.stop();
    },
  };
}

function fault(status: number, name: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'x-amzn-errortype': name, ...headers },
    json: { __type: name, message: REQUEST_BODY },
  };
}

interface CostRequest {
  TimePeriod: { Start: string; End: string };
  Granularity: 'DAILY' | 'MONTHLY';
  Metrics: string[];
  GroupBy?: { Key: string }[];
}

function answerCosts(request: CostRequest, rows: readonly Record<string, string>[]) {
  const { Start, End } = request.TimePeriod;
  const days = daysBetween(Start, End);
  const spans =
    request.Granularity === 'MONTHLY'
      ? byMonth(Start, End)
      : Array.from({ length: days }, (_, i) => [addDays(Start, i), addDays(Start, i + 1)] as const);
  return {
    ResultsByTime: spans.map(([from, to]) => answerSpan(request, rows, from, to)),
  };
}

function answerSpan(
  { GroupBy = [], Metrics }: CostRequest,
  rows: readonly Record<string, string>[],
  from: string,
  to: string,
) {
  const costly = daysInside(from, to);
  const groups = groupBy(rows, (row) => JSON.stringify(GroupBy.map(({ Key }) => row[Key] ?? '')));
  const metricsOf = (members: readonly Record<string, string>[]) => {
    const amounts = members.flatMap(({ amount = '0' }) => Array<string>(costly).fill(amount));
    return Object.fromEntries(
      Metrics.map((name) => [name, { Amount: sumDecimals(amounts), Unit: 'USD' }]),
    );
  };
  return {
    TimePeriod: { Start: from, End: to },
    Estimated: false,
    Total: GroupBy.length === 0 ? metricsOf(rows) : {},
    Groups:
      GroupBy.length === 0 || costly === 0
        ? []
        : [...groups].map(([key, members]) => ({
            Keys: JSON.parse(key) as string[],
            Metrics: metricsOf(members),
          })),
  };
}

/** Days of the span on which there were costs. */
const daysInside = (from: string, to: string): number =>
  Math.max(
    0,
    daysBetween(from > PERIOD.start ? from : PERIOD.start, to < PERIOD.end ? to : PERIOD.end),
  );

function byMonth(start: string, end: string): (readonly [string, string])[] {
  const spans: (readonly [string, string])[] = [];
  for (let from = start; from < end;) {
    const next = addMonths(from, 1);
    const to = next < end ? next : end;
    spans.push([from, to]);
    from = to;
  }
  return spans;
}
