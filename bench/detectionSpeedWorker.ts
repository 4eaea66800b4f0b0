import { parentPort, workerData } from 'node:worker_threads';
import { judgeNewestDay } from '../core/detection/judgeNewestDay.ts';
import { generateSeries } from './detection/generateSeries.ts';

// Judges `count` series for their newest day when told to. A few hundred different ones take turns: a hundred thousand
// would only measure the memory of the machine.
const { seed, count } = workerData as { seed: number; count: number };
const inputs = generateSeries(900 + seed, 900)
  .filter(({ days, input }) => days === 400 && input.revisions?.length === 0)
  .map(({ input }) => input);

// Warm the compiler up as any process is after its first second.
for (let round = 0; round < 5; round += 1) inputs.forEach((input) => judgeNewestDay(input));
parentPort?.postMessage('ready');
parentPort?.on('message', () => {
  let found = 0;
  for (let i = 0; i < count; i += 1) {
    const input = inputs[i % inputs.length];
    if (input !== undefined && judgeNewestDay(input)?.detection !== undefined) found += 1;
  }
  parentPort?.postMessage(found);
});
