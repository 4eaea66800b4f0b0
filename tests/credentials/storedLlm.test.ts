import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays } from '../../core/time/day.ts';
import { ANTHROPIC_BOOKS, OPENAI_BOOKS, PERIOD } from '../mcp/llm/books.ts';
import { startAnthropicStub } from '../mcp/llm/anthropicStub.ts';
import { startOpenAiStub } from '../mcp/llm/openAiStub.ts';
import type { Stub, StubCall } from '../mcp/llm/stubServer.ts';
import { openStoredWorld, type StoredWorld } from './storedWorld.ts';

// The real API, the real llm-tracker server and stubs of both providers that know three organisations by their keys.
const PROVIDERS = {
  openai: {
    keys: ['environment', 'first', 'second', 'renewed'].map((one) => `sk-admin-planted-${one}-key`),
    kind: 'openai_admin_key',
    costs: /\/organization\/costs$/,
    keyOf: ({ headers }: StubCall) => headers.authorization?.replace('Bearer ', ''),
    lacking: /stored credential lacks api\.usage\.read/,
  },
  anthropic: {
    keys: ['environment', 'first', 'second', 'renewed'].map(
      (one) => `sk-ant-admin01-planted-${one}-key`,
    ),
    kind: 'anthropic_admin_key',
    costs: /\/cost_report$/,
    keyOf: ({ headers }: StubCall) => headers['x-api-key'] as string | undefined,
    lacking: /stored credential lacks /,
  },
} as const;

let stubs: Record<keyof typeof PROVIDERS, Stub>;
let world: StoredWorld;

beforeAll(async () => {
  stubs = {
    openai: await startOpenAiStub(PROVIDERS.openai.keys, OPENAI_BOOKS),
    anthropic: await startAnthropicStub(PROVIDERS.anthropic.keys, ANTHROPIC_BOOKS),
  };
  world = await openStoredWorld('llm-tracker', ['credentials:openai', 'credentials:anthropic'], {
    OPENAI_ADMIN_KEY: PROVIDERS.openai.keys[0] ?? '',
    OPENAI_BASE_URL: `${stubs.openai.url}/v1`,
    ANTHROPIC_ADMIN_KEY: PROVIDERS.anthropic.keys[0] ?? '',
    ANTHROPIC_BASE_URL: stubs.anthropic.url,
  });
});
afterAll(async () => {
  await world.close();
  await stubs.openai.close();
  await stubs.anthropic.close();
});
beforeEach(() => {
  stubs.openai.clear();
  stubs.anthropic.clear();
});

describe.each(['openai', 'anthropic'] as const)('%s', (provider) => {
  const { costs, keyOf, keys, kind, lacking } = PROVIDERS[provider];
  const [own = '', first = '', second = '', renewed = ''] = keys;
  const credential = (adminKey: string) => ({ kind, adminKey });
  const named = (id: string) => `${provider}-${id}`;
  /** The keys that the provider saw for one question; another `shift` is another question, which no cache answers. */
  const ask = async (id: string, shift = 0): Promise<(string | undefined)[]> => {
    stubs[provider].clear();
    await world.costs({ period: shifted(shift), connectionIds: [named(id)] });
    return stubs[provider].calls.map(keyOf);
  };
  const shifted = (shift: number) => ({ start: PERIOD.start, end: addDays(PERIOD.end, shift) });

  test('is asked for each connection with its own key, for others with the environment’s', async () => {
    const [a, b, none] = await Promise.all(
      [0, 1, 2].map(() => world.newConnection(provider)) as [
        Promise<string>,
        Promise<string>,
        Promise<string>,
      ],
    );
    await world.store(a, credential(first));
    await world.store(b, credential(second));
    for (const [id, key] of [
      [a, first],
      [b, second],
      [none, own],
    ] as const) {
      const seen = await ask(id);
      expect(seen.length).toBeGreaterThan(0);
      expect(new Set(seen)).toEqual(new Set([key]));
    }
  });

  test('a key that was replaced, and that the provider refuses, is not used again', async () => {
    const id = await world.newConnection(provider);
    await world.store(id, credential(first));
    expect(new Set(await ask(id))).toEqual(new Set([first]));
    await world.store(id, credential(renewed));
    stubs[provider].answer((call) =>
      keyOf(call) === first ? { status: 401, body: '{}' } : undefined,
    );
    const args = { period: shifted(1), connectionIds: [named(id)] };
    const refusal = await world.refusal('query_costs', args);
    expect(refusal).toMatchObject({ code: 'AUTH_EXPIRED' });
    expect(new Set(await ask(id, 1))).toEqual(new Set([renewed]));
    // Deleted and refused likewise, the environment's is what is left.
    await world.remove(id);
    stubs[provider].answer((call) =>
      keyOf(call) === renewed ? { status: 401, body: '{}' } : undefined,
    );
    expect(await world.refusal('query_costs', { ...args, period: shifted(2) })).toMatchObject({
      code: 'AUTH_EXPIRED',
    });
    expect(new Set(await ask(id, 2))).toEqual(new Set([own]));
  });

  test('testing a connection names the permission that its key lacks, and no other key', async () => {
    const [a, b] = [await world.newConnection(provider), await world.newConnection(provider)];
    await world.store(a, credential(first));
    await world.store(b, credential(second));
    stubs[provider].answer((call) =>
      keyOf(call) === first && costs.test(call.path)
        ? { status: 403, body: JSON.stringify({ error: { message: `no, ${first}` } }) }
        : undefined,
    );
    const { checks, source } = await world.runTest(a);
    expect(source).toBe('stored');
    const missing = checks.filter(({ status }) => status === 'missing');
    expect(missing).toHaveLength(1);
    expect(missing[0]?.permission).toMatch(costs);
    // Whoever reads it must not go and change the environment’s key.
    expect(missing[0]?.detail).toMatch(lacking);
    expect(checks.filter(({ status }) => status === 'ok').length).toBe(checks.length - 1);
    expect((await world.runTest(b)).checks.map(({ status }) => status)).toEqual(
      checks.map(() => 'ok'),
    );
    // A draft is tried with its own key, and is not kept.
    const draft = await world.runTest(a, { credential: credential(renewed) });
    expect(draft).toMatchObject({ source: 'draft' });
    expect(draft.checks.every(({ status }) => status === 'ok')).toBe(true);
    expect(JSON.stringify([checks, draft])).not.toContain('planted');
  });
});

test('no key stands in a log', () => {
  for (const text of [world.server.output(), world.api.logLines.join('')]) {
    expect(text).not.toBe('');
    expect(text).not.toContain('-planted-');
  }
});
