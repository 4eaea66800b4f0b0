import { askBroker } from './askBroker.ts';

/** An AWS account of the caller's own. */
export interface TestMoto {
  /** For `AWS_ENDPOINT_URL`. */
  url: string;
  /** What an AWS SDK client or a process needs to reach it. */
  env: {
    AWS_ENDPOINT_URL: string;
    AWS_REGION: string;
    AWS_ACCESS_KEY_ID: string;
    AWS_SECRET_ACCESS_KEY: string;
  };
  /** Queues answers of Cost Explorer's GetCostAndUsage: one for each distinct request, in order. */
  queueCosts: (results: readonly unknown[]) => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a moto server (EC2, Cost Explorer, STS, S3, Organizations) on a free port; about 2 s. Stop it when done. */
export async function startMoto(): Promise<TestMoto> {
  const { id, url } = await askBroker('moto');
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    queueCosts: async (results) => {
      const answer = await fetch(`${url}/moto-api/static/ce/cost-and-usage-results`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ results }),
      });
      if (!answer.ok) throw new Error(`moto refused the queued costs: ${await answer.text()}`);
    },
    stop: async () => {
      await askBroker('moto/stop', id);
    },
  };
}
