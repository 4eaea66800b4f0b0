import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createCostExplorer } from './costExplorer.ts';
import { forward, readBody } from './forward.ts';
import { keepAccount } from './keepAccount.ts';
import type { CurrentStory } from './storySource.ts';

/** What the account is made from. */
export interface DemoAccountOptions {
  motoUrl: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  readStory: () => Promise<CurrentStory>;
  log: Logger;
  signal: AbortSignal;
}

/** The account's address. */
export interface DemoAccount {
  url: string;
  /** Resolves when the signal has aborted and everything is closed. */
  ended: Promise<void>;
}

const COST_AND_USAGE = 'AWSInsightsIndexService.GetCostAndUsage';
const RIGHTSIZING = 'AWSInsightsIndexService.GetRightsizingRecommendation';

// moto does not know the request. The demo's advice is the Detective's own.
const NO_ADVICE = {
  RightsizingRecommendations: [],
  Summary: { TotalRecommendationCount: '0' },
};

/**
 * Makes the demo AWS account in moto and serves it: a reverse proxy that passes everything on unchanged, but tells moto
 * first what GetCostAndUsage has to say, and answers GetRightsizingRecommendation itself, without advice. A moto that was
 * restarted gets its instances back.
 */
export async function startDemoAccount(options: DemoAccountOptions): Promise<DemoAccount> {
  const { motoUrl, log } = options;
  const costs = createCostExplorer(motoUrl, log);
  const account = await keepAccount({ ...options, onLost: () => costs.forget() });
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((err: unknown) => {
      log.warn({ err, path: incoming.url }, 'moto did not answer');
      // The AWS SDK tries a 503 again by itself.
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(503).end();
    });
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (incoming.url === '/healthz') {
      outgoing.writeHead(account.isReady() ? 200 : 503).end();
      return;
    }
    if (!account.isReady()) throw new Error('The account is being made again.');
    const operation = incoming.headers['x-amz-target'];
    if (operation === RIGHTSIZING) {
      incoming.resume();
      outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      outgoing.end(JSON.stringify(NO_ADVICE));
      return;
    }
    if (operation !== COST_AND_USAGE) {
      await forward(motoUrl, incoming, outgoing);
      return;
    }
    const body = await readBody(incoming);
    const answer = await costs.answer(incoming, body, await account.story());
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    ended: account.ended.then(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    ),
  };
}
