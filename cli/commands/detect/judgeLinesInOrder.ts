import { once } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { type DetectTask, type JudgedBatch, judgeLines } from './judgeLines.ts';
import type { LineBatch } from './readLineBatches.ts';

/** How worker threads are started beside the defaults. */
export type DetectWorkerOptions = Pick<WorkerOptions, 'execArgv'>;

/** Judges batches of lines, with `jobs` threads where there are more than one, and yields the answers in the order of the input. */
export async function* judgeLinesInOrder(
  batches: AsyncIterable<LineBatch>,
  task: DetectTask,
  jobs: number,
  worker: DetectWorkerOptions,
): AsyncGenerator<JudgedBatch> {
  if (jobs === 1) {
    for await (const batch of batches) yield judgeLines(batch, task);
    return;
  }
  const threads = Array.from({ length: jobs }, () => startThread(task, worker));
  try {
    // Each thread has one batch in work and one waiting, in the order in which they will be answered.
    const inWork: Promise<JudgedBatch>[] = [];
    let next = 0;
    for await (const batch of batches) {
      const oldest = inWork.length >= 2 * jobs ? inWork.shift() : undefined;
      if (oldest !== undefined) yield await oldest;
      inWork.push((threads[next % jobs] ?? startThread(task, worker)).judge(batch));
      next += 1;
    }
    for (const judged of inWork) yield await judged;
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

interface Thread {
  judge: (batch: LineBatch) => Promise<JudgedBatch>;
  end: () => Promise<unknown>;
}

function startThread(task: DetectTask, options: DetectWorkerOptions): Thread {
  // Sources run as they are under test; compiled, only the ending differs.
  const file = import.meta.url.endsWith('.ts') ? './detectWorker.ts' : './detectWorker.js';
  const worker = new Worker(new URL(file, import.meta.url), { ...options, workerData: task });
  // A thread answers in the order in which it was asked.
  let answered: Promise<unknown> = Promise.resolve();
  return {
    judge: (batch) => {
      const answer = answered.then(async () => {
        const reply = once(worker, 'message') as Promise<[JudgedBatch]>;
        worker.postMessage(batch);
        return (await reply)[0];
      });
      answered = answer.catch(() => undefined);
      // It is awaited later, when its turn comes.
      answer.catch(() => undefined);
      return answer;
    },
    end: () => worker.terminate(),
  };
}
