import { describe, expect, test } from 'vitest';
import { CostGuardError } from '../../../core/errors.ts';
import type { PushedCall } from '../../../core/llm/push/pushedCall.ts';
import { createCallQueue } from './callQueue.ts';

const call = (callId: string): PushedCall => ({
  connectionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  provider: 'openai',
  callId,
  at: new Date('2026-11-20T12:00:00Z'),
  model: 'gpt-4o',
  units: { input: '1' },
  requests: 1,
  isSum: false,
  apiKeyId: '',
  projectId: '',
  serviceTier: '',
  endpoint: '',
  userTag: '',
});
const calls = (count: number, name = 'c') =>
  Array.from({ length: count }, (_, i) => call(`${name}${i}`));

/** A store whose transactions end when the test says so. */
function heldStore() {
  const batches: { ids: string[]; end: (error?: Error) => void }[] = [];
  const store = (stored: readonly PushedCall[]) =>
    new Promise<boolean[]>((resolve, reject) => {
      batches.push({
        ids: stored.map(({ callId }) => callId),
        end: (error) => {
          if (error === undefined) resolve(stored.map(({ callId }) => !callId.startsWith('again')));
          else reject(error);
        },
      });
    });
  const batch = async (index: number) => {
    await expect.poll(() => batches.length).toBe(index + 1);
    const found = batches[index];
    if (found === undefined) throw new Error('There is no such batch.');
    return found;
  };
  return { store, batch };
}

describe('a queue of calls', () => {
  test('puts what comes while a transaction runs into the next, and tells each request of its own', async () => {
    const { store, batch } = heldStore();
    const queue = createCallQueue(store);
    const first = queue.add(calls(1));
    const running = await batch(0);
    const second = queue.add([call('a'), call('again-a')]);
    const third = queue.add([call('again-b')]);
    running.end();
    const next = await batch(1);
    expect(next.ids).toEqual(['a', 'again-a', 'again-b']);
    next.end();
    expect(await Promise.all([first, second, third])).toEqual([[true], [true, false], [false]]);
  });

  test('answers 429 with a time to wait when it is full, and takes calls again when there is room', async () => {
    const { store, batch } = heldStore();
    const queue = createCallQueue(store, { callsMax: 10 });
    const held = queue.add(calls(8));
    const running = await batch(0);
    const refused = await queue.add(calls(3)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CostGuardError);
    expect(refused).toMatchObject({ code: 'too_many_requests', retryAfterMs: 1_000 });
    running.end();
    await held;
    const later = queue.add(calls(3));
    (await batch(1)).end();
    expect(await later).toEqual([true, true, true]);
  });

  test('a transaction takes no more than it should, but a large request whole', async () => {
    const { store, batch } = heldStore();
    const queue = createCallQueue(store, { batchMax: 5 });
    const all = [
      queue.add(calls(3)),
      queue.add(calls(3)),
      queue.add(calls(9)),
      queue.add(calls(1)),
    ];
    const sizes: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const { ids, end } = await batch(i);
      sizes.push(ids.length);
      end();
    }
    await Promise.all(all);
    expect(sizes).toEqual([3, 3, 9, 1]);
  });

  test('one request that cannot be stored does not fail the others', async () => {
    const store = (stored: readonly PushedCall[]) =>
      stored.some(({ callId }) => callId.startsWith('bad'))
        ? Promise.reject(new Error('no'))
        : Promise.resolve(stored.map(() => true));
    const queue = createCallQueue(store);
    const outcome = await Promise.allSettled([
      queue.add(calls(2)),
      queue.add(calls(1, 'bad')),
      queue.add(calls(1, 'good')),
    ]);
    expect(outcome.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('a database that is away fails all that wait with it at once, and the next are tried', async () => {
    const { store, batch } = heldStore();
    const queue = createCallQueue(store);
    const both = Promise.allSettled([queue.add(calls(1)), queue.add(calls(1))]);
    (await batch(0)).end(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = queue.add(calls(1));
    (await batch(1)).end();
    expect(await next).toEqual([true]);
  });
});
