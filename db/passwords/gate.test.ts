import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

/** Work that goes on until it is ended from outside. */
function startable() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      started.push(name);
      ends.set(name, () => resolve(name));
    });
  return { started, work, end: (name: string) => ends.get(name)?.() };
}

test('no more than the limit runs at once, and the rest in the order it came', async () => {
  const { started, work, end } = startable();
  const gate = createGate({ atOnce: 2, waitingMax: 10 });
  const all = ['a', 'b', 'c', 'd'].map((name) => gate.run(work(name)));
  await Promise.resolve();
  expect(started).toEqual(['a', 'b']);
  end('b');
  await all[1];
  await expect.poll(() => started).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) end(name);
  await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd']);
  end('d');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
});

test('who is preferred goes before the others, and is let in when their line is full', async () => {
  const { started, work, end } = startable();
  const gate = createGate({ atOnce: 1, waitingMax: 1 });
  const first = gate.run(work('first'));
  const other = gate.run(work('other'));
  await expect(gate.run(work('too many'))).rejects.toMatchObject({
    code: 'too_many_requests',
    retryAfterMs: 2_000,
  });
  const preferred = gate.run(work('preferred'), true);
  end('first');
  await first;
  await expect.poll(() => started).toEqual(['first', 'preferred']);
  end('preferred');
  await preferred;
  await expect.poll(() => started).toEqual(['first', 'preferred', 'other']);
  end('other');
  await other;
});

test('work that fails gives its place back', async () => {
  const gate = createGate({ atOnce: 1, waitingMax: 0 });
  for (let i = 0; i < 3; i += 1)
    await expect(gate.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await gate.run(() => Promise.resolve('done'))).toBe('done');
});
