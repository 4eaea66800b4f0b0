import { parentPort, workerData } from 'node:worker_threads';
import { type DetectTask, judgeLines } from './judgeLines.ts';
import type { LineBatch } from './readLineBatches.ts';

// A worker thread of `costguard detect --jobs`: one batch in, its answers out.
parentPort?.on('message', (batch: LineBatch) => {
  parentPort?.postMessage(judgeLines(batch, workerData as DetectTask));
});
