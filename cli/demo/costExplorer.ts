import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { DEMO_AWS_ACCOUNT } from '../../core/demo/awsMeters.ts';
import { answerCostAndUsage, type ResultByTime } from '../../core/demo/costExplorerAnswer.ts';
import { cutPage } from '../../core/demo/costExplorerPage.ts';
import { CostAndUsageRequest } from '../../core/demo/costExplorerRequest.ts';
import { demoCosts, type DemoStory } from '../../core/demo/demoCosts.ts';
import { forwardBody, type WholeAnswer } from './forward.ts';

/** Answers GetCostAndUsage through moto. */
export interface CostExplorer {
  answer: (incoming: IncomingMessage, body: string, story: DemoStory) => Promise<WholeAnswer>;
  /** To be called when moto has lost its memory. */
  forget: () => void;
}

const ACCOUNT = { id: DEMO_AWS_ACCOUNT.subAccountId, name: DEMO_AWS_ACCOUNT.subAccountName };

/**
 * moto answers GetCostAndUsage with the next result of a queue and remembers it for that very request body. So each
 * answer is queued right before its request is passed on, one request at a time. When a known request has a new answer (a
 * day went by, an instance was resized), white space at the end of its body makes it a new one to moto.
 */
export function createCostExplorer(motoUrl: string, log: Logger): CostExplorer {
  const remembered = new Map<string, { page: string; version: number }>();
  const compute = createComputation();
  let last: Promise<unknown> = Promise.resolve();

  const ask = async (incoming: IncomingMessage, body: string, page: string) => {
    const known = remembered.get(body);
    const version = known === undefined ? 0 : known.version + (known.page === page ? 0 : 1);
    if (known?.page !== page) {
      await queue(motoUrl, page);
      remembered.set(body, { page, version });
    }
    const answer = await forwardBody(motoUrl, incoming, body + ' '.repeat(version));
    if (answer.status === 200 && !isSame(answer.body, page)) {
      log.error('moto gave another answer than was queued; was something else queued there?');
      return refusal(500, 'InternalFailure', 'The demo account lost its place; try again.');
    }
    return answer;
  };

  return {
    forget: () => remembered.clear(),
    answer: (incoming, body, story) => {
      const mine = last.then(() => {
        const page = compute(body, story);
        return typeof page === 'string' ? ask(incoming, body, page) : page;
      });
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Returns what gives a page as JSON, or a refusal; the pages of one request are cut from one computation. */
function createComputation(): (body: string, story: DemoStory) => string | WholeAnswer {
  let latest: { key: string; results: ResultByTime[] } | undefined;
  return (body, story) => {
    const parsed = CostAndUsageRequest.safeParse(parseJson(body));
    if (!parsed.success) {
      const message = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
      return refusal(400, 'ValidationException', message.join('; '));
    }
    const request = parsed.data;
    const key = JSON.stringify([{ ...request, NextPageToken: undefined }, story]);
    if (latest?.key !== key) {
      const { Start: from, End: to } = request.TimePeriod;
      const rows = demoCosts('aws', { from, to }, story);
      latest = { key, results: answerCostAndUsage(request, rows, story.today) };
    }
    const page = cutPage(request, latest.results, ACCOUNT);
    if (page !== undefined) return JSON.stringify(page);
    return refusal(
      400,
      'RequestChangedException',
      'Your request parameters changed between pages. Try again with the old parameters or without a pagination token.',
    );
  };
}

async function queue(motoUrl: string, page: string): Promise<void> {
  const reply = await fetch(`${motoUrl}/moto-api/static/ce/cost-and-usage-results`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"account_id":"${ACCOUNT.id}","results":[${page}]}`,
  });
  if (!reply.ok) throw new Error(`moto took no answer into its queue: HTTP ${reply.status}`);
}

/** An error as Cost Explorer sends it. */
function refusal(status: number, type: string, message: string): WholeAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type },
    body: JSON.stringify({ __type: type, message }),
  };
}

function isSame(answer: string, page: string): boolean {
  return JSON.stringify(parseJson(answer)) === page;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
