import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { CostGuardError } from '../../../core/errors.ts';
import { openFocusFile } from './openFocusFile.ts';
import { readBatches } from './readBatches.ts';
import { BATCHES_AHEAD, type ThreadMessage, type ThreadTask } from './readInThread.ts';

// The thread of `readInThread`: batches go to whoever started it, their bytes without being copied.
if (parentPort === null) throw new Error('This module runs as a thread only.');
const port = parentPort;
const { path, choices } = workerData as ThreadTask;

let ahead = 0;
port.on('message', () => (ahead -= 1));
const tell = (message: ThreadMessage, transfer: ArrayBuffer[] = []) =>
  port.postMessage(message, transfer);

try {
  const source = await openFocusFile(path);
  for await (const batch of readBatches(source, choices)) {
    while (ahead >= BATCHES_AHEAD) await once(port, 'message');
    ahead += 1;
    const lines = new TextEncoder().encode(batch.lines);
    tell({ batch: { ...batch, lines } }, [lines.buffer]);
  }
  await source.close();
  tell('end');
} catch (error) {
  if (!(error instanceof CostGuardError)) throw error;
  tell({ refused: { code: error.code, detail: error.detail } });
}
port.close();
