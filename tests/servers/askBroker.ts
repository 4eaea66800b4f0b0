import { inject } from 'vitest';
import type { BrokerAnswers } from './serverBroker.ts';

/**
 * Asks vitest's main process for a real server; it is started when the first test asks.
 *
 * @throws Error with the server's last words when it does not start
 */
export async function askBroker<Name extends keyof BrokerAnswers>(
  name: Name,
  id = '',
): Promise<BrokerAnswers[Name]> {
  const url = new URL(name, `${inject('serverBroker')}/`);
  url.searchParams.set('id', id);
  // The Temporal server may have to be built first: undici's own limit of 5 minutes for headers is too short for that,
  // so the answer is asked for again as long as the broker lives.
  for (;;) {
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as BrokerAnswers[Name];
    } catch (error) {
      if (!isHeadersTimeout(error)) throw error;
    }
  }
}

function isHeadersTimeout(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_HEADERS_TIMEOUT';
}
