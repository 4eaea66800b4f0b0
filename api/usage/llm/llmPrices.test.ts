import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LlmPriceChange, LlmPriceList, UnpricedModels } from '../../../core/contracts/llmPrice.ts';
import type { TestUser } from '../../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../../tests/api/startTestApi.ts';
import { addUsage } from '../../../tests/llm/addUsage.ts';

const PATH = '/api/v1/usage/llm/prices';
const MILLION = '1000000';

let api: TestApi;
let admin: TestUser;
let approver: TestUser;
let connectionId: string;

beforeAll(async () => {
  api = await startTestApi();
  api.clock.now = new Date('2026-11-26T12:00:00Z');
  [admin, approver] = [await api.signIn('admin'), await api.signIn('approver')];
  connectionId = await addConnection(api.services.db, { provider: 'anthropic' });
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.services.db.deleteFrom('llm_usage').execute();
  await api.services.db.deleteFrom('llm_price_overrides').execute();
});

const price = (given: Record<string, unknown> = {}) => ({
  provider: 'anthropic',
  model: 'claude-opus-5-5',
  validFrom: '2026-11-20',
  rates: { input: '1' },
  ...given,
});
const ask = (method: string, path: string, body?: unknown, as = admin.as) =>
  api.call(method, path, { as, body });
const put = async (body: unknown) => (await ask('PUT', PATH, body)).read(LlmPriceChange);
const costs = () =>
  api.services.db
    .selectFrom('llm_usage')
    .select(['cost', 'cost_parts', 'unpriced', 'price_source'])
    .orderBy('bucket_start')
    .execute();
const audit = () =>
  api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'actor_name', 'detail'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();

describe('setting a price', () => {
  test('keeps it, who set it, and what stood before in the audit log', async () => {
    const { price: first } = await put(price({ reason: 'Contract 7' }));
    expect(first).toMatchObject({ ...price(), reason: 'Contract 7', createdBy: admin.username });
    const { price: second } = await put(price({ rates: { input: '2' } }));
    expect(second).toMatchObject({ id: first.id, rates: { input: '2' }, reason: null });
    const { items } = (await ask('GET', PATH, undefined, approver.as)).read(LlmPriceList);
    expect(items).toEqual([second]);
    expect(await audit()).toMatchObject({
      operation: 'llm_price.set',
      actor_name: admin.username,
      detail: { before: { rates: { input: '1' } }, after: { rates: { input: '2' } }, repriced: 0 },
    });
  });

  test('prices the stored use anew from its day on, and no other', async () => {
    const units = { input: MILLION, output: MILLION };
    await addUsage(api.services.db, connectionId, { units, at: '2026-11-19T23:59:00Z' });
    await addUsage(api.services.db, connectionId, { units, at: '2026-11-20T00:00:00Z' });
    await addUsage(api.services.db, connectionId, { units, model: 'claude-opus-5' });
    expect((await put(price())).repriced).toBe(1);
    expect((await costs()).map(({ cost }) => cost)).toEqual(['24', '21', '30']);
    expect((await costs())[1]).toMatchObject({
      cost_parts: { input: '1', output: '20' },
      price_source: 'override',
    });
  });

  test('gives use of an unknown model its cost', async () => {
    const units = { input: MILLION, output: MILLION };
    await addUsage(api.services.db, connectionId, { units, model: 'claude-next-1' });
    expect((await put(price({ model: 'claude-next-*' }))).repriced).toBe(1);
    expect(await costs()).toMatchObject([{ cost: null, unpriced: ['output'] }]);
    await put(price({ model: 'claude-next-*', rates: { input: '1', output: '2' } }));
    expect(await costs()).toMatchObject([{ cost: '3', unpriced: [] }]);
  });

  test('leaves the kinds that it does not name at the tier of each call', async () => {
    const units = { input: '300000', output: MILLION };
    const requestInputTokens = '300000';
    const model = 'claude-sonnet-4-5';
    await addUsage(api.services.db, connectionId, {
      units,
      model,
      source: 'push',
      requestInputTokens,
    });
    await put(price({ model, rates: { input: '1' } }));
    expect(await costs()).toMatchObject([{ cost: '22.8', cost_parts: { output: '22.5' } }]);
  });

  test('reprices more rows than one batch', async () => {
    await api.services.db.transaction().execute(async (tx) => {
      for (let i = 0; i < 2100; i += 1) {
        await addUsage(tx, connectionId, {
          units: { input: '1000' },
          apiKeyId: `key_${String(i)}`,
        });
      }
    });
    expect((await put(price())).repriced).toBe(2100);
    expect(new Set((await costs()).map(({ cost }) => cost))).toEqual(new Set(['0.001']));
  });

  test.each([
    ['no rate', { rates: {} }, '/rates'],
    ['a rate below zero', { rates: { input: '-1' } }, '/rates/input'],
    ['a star in the middle', { model: 'claude-*-5' }, '/model'],
    ['another provider', { provider: 'aws' }, '/provider'],
  ])('is refused for %s', async (_name, given, pointer) => {
    const reply = await ask('PUT', PATH, price(given));
    expect(reply.refusal()).toMatchObject({ status: 400, pointers: [pointer] });
  });

  test('is for admins only', async () => {
    const reply = await ask('PUT', PATH, price(), approver.as);
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
  });

  test('twice at once keeps one price and every audit entry', async () => {
    await addUsage(api.services.db, connectionId, { units: { input: MILLION } });
    await Promise.all(['2', '3', '5'].map((input) => put(price({ rates: { input } }))));
    const { items } = (await ask('GET', PATH)).read(LlmPriceList);
    expect(items).toHaveLength(1);
    expect((await costs())[0]?.cost).toBe(items[0]?.rates.input);
  });
});

describe('taking a price back', () => {
  test('brings the published price back, and the audit log keeps the old one', async () => {
    await addUsage(api.services.db, connectionId, { units: { input: MILLION } });
    const { price: set } = await put(price());
    expect((await costs())[0]?.cost).toBe('1');
    expect((await ask('DELETE', `${PATH}/${set.id}`)).status).toBe(204);
    expect(await costs()).toMatchObject([
      { cost: '4', price_source: '@pydantic/genai-prices 0.1.8' },
    ]);
    expect(await audit()).toMatchObject({
      operation: 'llm_price.delete',
      detail: { before: { rates: { input: '1' } }, after: null, repriced: 1 },
    });
    expect((await ask('DELETE', `${PATH}/${set.id}`)).refusal()).toMatchObject({ status: 404 });
  });
});

describe('use without a price', () => {
  const unpriced = async (query = '') =>
    (await ask('GET', `/api/v1/usage/llm/unpriced${query}`, undefined, approver.as)).read(
      UnpricedModels,
    ).items;

  test('is listed by model with its amounts and since when', async () => {
    const { db } = api.services;
    const model = 'claude-next-1';
    await addUsage(db, connectionId, { units: { input: '5', file_search: '2' }, model });
    await addUsage(db, connectionId, {
      units: { input: '7', cache_write_1h: '11' },
      model,
      at: '2026-11-21T08:00:00Z',
    });
    await addUsage(db, connectionId, { units: { input: '99' } });
    await addUsage(db, connectionId, {
      units: { input: '3', input_audio: '900' },
      model: 'gpt-4o',
      provider: 'openai',
    });
    expect(await unpriced()).toEqual([
      {
        provider: 'openai',
        model: 'gpt-4o',
        units: { input_audio: '900' },
        tokens: '900',
        since: '2026-11-20T10:00:00.000Z',
        until: '2026-11-20T10:00:00.000Z',
      },
      {
        provider: 'anthropic',
        model,
        units: { input: '12', cache_write_1h: '11', file_search: '2' },
        tokens: '23',
        since: '2026-11-20T10:00:00.000Z',
        until: '2026-11-21T08:00:00.000Z',
      },
    ]);
    expect(await unpriced('?from=2026-11-21')).toMatchObject([{ units: { input: '7' } }]);
  });

  test('is empty where all has a price', async () => {
    await addUsage(api.services.db, connectionId, { units: { input: '1' } });
    expect(await unpriced()).toEqual([]);
  });
});
