import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CostGuardError, type ErrorCode } from '../../../core/errors.ts';
import type { ImportBatch, ImportChoices } from './readBatches.ts';

/** What the thread is given. */
export interface ThreadTask {
  path: string;
  choices: ImportChoices;
}

/** What the thread tells: a batch, the end, or why it ended early. */
export type ThreadMessage =
  { batch: ImportBatch } | 'end' | { refused: { code: ErrorCode; detail: string } };

/** How many batches the thread may be ahead of whoever takes them. */
export const BATCHES_AHEAD = 3;

// Run from its sources, a module finds the others by their own names.
const THREAD = new URL(`./thread${import.meta.url.slice(-3)}`, import.meta.url);

/**
 * `readBatches` of a file in a thread of its own, so that reading and storing share no core. The thread ends with the
 * iteration, however that ends.
 *
 * @throws what `readBatches` throws
 */
export async function* readInThread(
  path: string,
  choices: ImportChoices,
): AsyncGenerator<ImportBatch, undefined> {
  const task: ThreadTask = { path, choices };
  const worker = new Worker(THREAD, { workerData: task });
  try {
    // `on` keeps what comes meanwhile, and throws the thread's own error.
    for await (const [message] of on(worker, 'message') as AsyncIterable<[ThreadMessage]>) {
      if (message === 'end') return;
      if ('refused' in message) {
        throw new CostGuardError(message.refused.code, message.refused.detail);
      }
      yield message.batch;
      worker.postMessage('taken');
    }
  } finally {
    await worker.terminate();
  }
}
