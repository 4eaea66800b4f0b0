import { beforeEach, describe, expect, test } from 'vitest';
import { ToolError } from '../../core/mcp/toolError.ts';
import { createAnswerCache, type AnswerCache, type Loaded } from './answerCache.ts';

let nowMs: number;
let loads: string[];
let cache: AnswerCache<string>;

beforeEach(() => {
  nowMs = 0;
  loads = [];
  cache = createAnswerCache(() => new Date(nowMs), 3);
});

const get = (key: string, options: { maxAgeMs?: number; error?: ToolError } = {}) =>
  cache.get(key, {
    signal: new AbortController().signal,
    maxAgeMs: options.maxAgeMs,
    load: () => {
      loads.push(key);
      if (options.error) return Promise.reject(options.error);
      return Promise.resolve({ value: `${key}${loads.length}`, ttlMs: 100, weight: 1 });
    },
  });

test('an answer is given until its time is up', async () => {
  expect(await get('a')).toMatchObject({ value: 'a1', hit: false });
  nowMs = 99;
  expect(await get('a')).toMatchObject({ value: 'a1', hit: true, asOf: new Date(0) });
  nowMs = 100;
  expect(await get('a')).toMatchObject({ value: 'a2', hit: false });
});

test('a fresher answer can be asked for', async () => {
  await get('a');
  nowMs = 50;
  expect(await get('a', { maxAgeMs: 50 })).toMatchObject({ hit: true });
  expect(await get('a', { maxAgeMs: 49 })).toMatchObject({ hit: false });
});

test('what was used longest ago goes first, by weight', async () => {
  for (const key of ['a', 'b', 'c']) await get(key);
  await get('a');
  await get('d');
  loads = [];
  for (const key of ['a', 'c', 'd', 'b']) await get(key);
  expect(loads).toEqual(['b']);
});

test('an answer too large for the cache is still given', async () => {
  const big = await cache.get('big', {
    signal: new AbortController().signal,
    load: () => Promise.resolve({ value: 'big', ttlMs: 100, weight: 99 }),
  });
  expect(big.value).toBe('big');
});

test('a used-up budget gives the old answer, marked stale, or fails where there is none', async () => {
  const error = new ToolError('BUDGET_EXHAUSTED', 'used up');
  await get('a');
  nowMs = 1000;
  expect(await get('a', { error })).toMatchObject({ value: 'a1', stale: true, asOf: new Date(0) });
  await expect(get('b', { error })).rejects.toBe(error);
});

test('no other failure is covered by an old answer', async () => {
  await get('a');
  nowMs = 1000;
  const error = new ToolError('UPSTREAM_FAILED', 'broken');
  await expect(get('a', { error })).rejects.toBe(error);
});

test('a missing permission is remembered for a minute, a passing failure is not', async () => {
  await expect(get('a', { error: new ToolError('PERMISSION_MISSING', 'x') })).rejects.toThrow();
  await expect(get('a')).rejects.toThrow('x');
  expect(loads).toHaveLength(1);
  nowMs = 60_000;
  expect(await get('a')).toMatchObject({ hit: false });
  await expect(get('b', { error: new ToolError('THROTTLED', 'y') })).rejects.toThrow();
  expect(await get('b')).toMatchObject({ hit: false });
});

describe('equal questions at the same time', () => {
  let finish: (loaded: Loaded<string>) => void;
  let signals: AbortSignal[];

  beforeEach(() => {
    signals = [];
  });

  const ask = (signal: AbortSignal) =>
    cache.get('k', {
      signal,
      load: (own) => {
        signals.push(own);
        return new Promise((resolve, reject) => {
          finish = resolve;
          own.addEventListener('abort', () => {
            reject(own.reason as Error);
          });
        });
      },
    });

  test('are one request', async () => {
    const both = [ask(new AbortController().signal), ask(new AbortController().signal)];
    finish({ value: 'v', ttlMs: 1, weight: 1 });
    expect((await Promise.all(both)).map(({ value, hit }) => [value, hit])).toEqual([
      ['v', false],
      ['v', true],
    ]);
    expect(signals).toHaveLength(1);
  });

  test('go on while one of them still waits', async () => {
    const [impatient, patient] = [new AbortController(), new AbortController()];
    const first = ask(impatient.signal);
    const second = ask(patient.signal);
    impatient.abort();
    await expect(first).rejects.toThrow();
    expect(signals[0]?.aborted).toBe(false);
    finish({ value: 'v', ttlMs: 1, weight: 1 });
    expect((await second).value).toBe('v');
  });

  test('end when all have given up, and the next question starts afresh', async () => {
    const controllers = [new AbortController(), new AbortController()];
    const asked = controllers.map(({ signal }) => ask(signal));
    for (const controller of controllers) controller.abort();
    for (const question of asked) await expect(question).rejects.toThrow();
    expect(signals[0]?.aborted).toBe(true);
    const again = ask(new AbortController().signal);
    finish({ value: 'w', ttlMs: 1, weight: 1 });
    expect((await again).value).toBe('w');
    expect(signals).toHaveLength(2);
  });

  test('asked with a signal that is over ask nothing', async () => {
    await expect(ask(AbortSignal.abort())).rejects.toThrow();
    expect(signals).toHaveLength(0);
  });
});
