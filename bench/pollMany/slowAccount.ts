import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { forwardBody, readBody } from '../../cli/demo/forward.ts';
import { addDays } from '../../core/time/day.ts';

/** How long the account takes for its answers, and how much there is. */
export interface SlowAccountOptions {
  motoUrl: string;
  /** Each answer takes at least this long. */
  delayMs: number;
  /** Pages of costs of the connection whose newest days begin so. */
  pagesOf: (start: string) => number;
}

/** moto's AWS account behind a proxy that lets every answer take its time. */
export interface SlowAccount {
  url: string;
  /** Milliseconds that the provider took for the chain of answers of the slowest connection. */
  slowestChainMs: () => number;
  /** Requests in flight at most. */
  inFlightMax: () => number;
  requests: () => number;
  close: () => Promise<void>;
}

interface CostQuery {
  TimePeriod: { Start: string; End: string };
  GroupBy: { Key: string }[];
  NextPageToken?: string;
}

/**
 * Starts it on a free loopback port. Each connection asks first who it is, then for its accounts, then for pages of costs,
 * one after another. Its costs are told apart by the first day that it asks for. Who it is and its accounts are the same
 * question for all, so the quickest answer to each counts: the limit is rather too short than too long.
 */
export async function startSlowAccount(options: SlowAccountOptions): Promise<SlowAccount> {
  const costMs = new Map<string, number>();
  const quickestMs = new Map<string, number>();
  let [inFlight, inFlightMax, requests] = [0, 0, 0];
  let queue: Promise<unknown> = Promise.resolve();

  // moto gives a request that it has not seen the next answer of its queue, and remembers that: so each answer is queued
  // once, right before its request is passed on.
  const seen = new Set<string>();
  const askMoto = (incoming: IncomingMessage, body: string, query: CostQuery | undefined) => {
    const mine = queue.then(async () => {
      if (query !== undefined && !seen.has(body)) await queueAnswer(options, query);
      seen.add(body);
      return forwardBody(options.motoUrl, incoming, body);
    });
    queue = mine.catch(() => undefined);
    return mine;
  };
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await readBody(incoming);
    const started = performance.now();
    const isCost = incoming.headers['x-amz-target']?.toString().endsWith('GetCostAndUsage');
    const query = isCost ? (JSON.parse(body) as CostQuery) : undefined;
    requests += 1;
    inFlight += 1;
    inFlightMax = Math.max(inFlightMax, inFlight);
    const [answer] = await Promise.all([askMoto(incoming, body, query), delay(options.delayMs)]);
    inFlight -= 1;
    const tookMs = performance.now() - started;
    const isChain = query !== undefined && query.GroupBy.length > 1;
    if (isChain) {
      const { Start } = query.TimePeriod;
      costMs.set(Start, (costMs.get(Start) ?? 0) + tookMs);
    } else {
      const kind = query === undefined ? 'identity' : 'accounts';
      quickestMs.set(kind, Math.min(quickestMs.get(kind) ?? Infinity, tookMs));
    }
    const type = answer.headers['content-type'] ?? 'text/plain';
    outgoing.writeHead(answer.status, { 'content-type': type }).end(answer.body);
  };
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    slowestChainMs: () =>
      Math.max(...costMs.values()) + [...quickestMs.values()].reduce((sum, ms) => sum + ms, 0),
    inFlightMax: () => inFlightMax,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @throws Error when moto does not take it */
async function queueAnswer(options: SlowAccountOptions, query: CostQuery): Promise<void> {
  const reply = await fetch(`${options.motoUrl}/moto-api/static/ce/cost-and-usage-results`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results: [answerOf(options, query)] }),
  });
  if (!reply.ok) throw new Error(`moto took no answer into its queue: HTTP ${reply.status}`);
}

/** Every day costs the same: on each page one meter of each service. */
function answerOf({ pagesOf }: SlowAccountOptions, query: CostQuery) {
  const { TimePeriod, NextPageToken: token, GroupBy } = query;
  const isAccounts = GroupBy.length === 1;
  const page = Number(token ?? '1');
  const groups = isAccounts
    ? [group(['123456789012'])]
    : Array.from({ length: SERVICES }, (_, i) => group([`Service ${i}`, meterOf(page)]));
  return {
    ResultsByTime: (isAccounts ? monthsOf(TimePeriod) : daysOf(TimePeriod)).map((span) => ({
      TimePeriod: span,
      Estimated: false,
      Total: {},
      Groups: groups,
    })),
    DimensionValueAttributes: [],
    ...(!isAccounts && page < pagesOf(TimePeriod.Start) && { NextPageToken: String(page + 1) }),
  };
}

/** Services of the account. */
export const SERVICES = 5;

/** What a meter costs a day, in dollars. */
export const COST_OF_METER = '1.25';

/** The usage type that each service has on a page. */
export const meterOf = (page: number): string => `Requests-Tier${page}`;

function group(keys: string[]) {
  const cost = { Amount: COST_OF_METER, Unit: 'USD' };
  return {
    Keys: keys,
    Metrics: {
      UnblendedCost: cost,
      AmortizedCost: cost,
      NetAmortizedCost: cost,
      UsageQuantity: { Amount: '24', Unit: 'Hrs' },
    },
  };
}

type Span = CostQuery['TimePeriod'];

function daysOf({ Start, End }: Span): Span[] {
  const days: Span[] = [];
  for (let day = Start; day < End; day = addDays(day, 1))
    days.push({ Start: day, End: addDays(day, 1) });
  return days;
}

function monthsOf({ Start, End }: Span): Span[] {
  const months: Span[] = [];
  for (let from = Start; from < End;) {
    const next = new Date(Date.UTC(Number(from.slice(0, 4)), Number(from.slice(5, 7)), 1));
    const to = next.toISOString().slice(0, 10);
    months.push({ Start: from, End: to < End ? to : End });
    from = to;
  }
  return months;
}
