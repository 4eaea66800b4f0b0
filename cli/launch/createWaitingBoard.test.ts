import { onTestFinished, test } from 'vitest';
import { createWaitingBoard } from './createWaitingBoard.ts';
import { waitUntil } from './waitUntil.ts';

test('tells what is still waited for, why, and for how long', async () => {
  const said: string[] = [];
  let now = 0;
  const board = createWaitingBoard(
    (line) => said.push(line),
    5,
    () => now,
  );
  onTestFinished(board.close);
  board.wait('Temporal');
  board.wait('Temporal', 'building it from source (about 3 min on 2 cores, once)');
  board.wait('postgres');
  board.done('postgres');
  now = 80_000;
  const expected =
    'waiting for Temporal: building it from source (about 3 min on 2 cores, once), 1 min 20 s so far';
  await waitUntil(() => said.includes(expected), { what: 'the line', timeoutMs: 5_000 });
});
