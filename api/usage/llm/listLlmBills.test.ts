import { afterAll, beforeAll, expect, test } from 'vitest';
import { LlmBills } from '../../../core/contracts/llmBill.ts';
import type { Reconciliation } from '../../../core/llm/reconcile.ts';
import { replaceReconciliations } from '../../../db/queries/llm/replaceReconciliations.ts';
import type { TestUser } from '../../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../../tests/api/startTestApi.ts';

const PATH = '/api/v1/usage/llm/bills';

let api: TestApi;
let viewer: TestUser;
let connectionId: string;

beforeAll(async () => {
  api = await startTestApi();
  api.clock.now = new Date('2026-11-26T12:00:00Z');
  viewer = await api.signIn('viewer');
  connectionId = await addConnection(api.services.db, { provider: 'openai' });
  await store('2026-10-25', []);
  await store('2026-11-22', [{ theirs: '1' }]);
  await store('2026-11-23', [
    { meter: 'output', theirs: '2', lines: { 'gpt-5, output': '2' } },
    {
      model: '',
      meter: '',
      ours: null,
      oursMax: null,
      theirs: '7',
      lines: { Live: '3', Vid: '4' },
    },
  ]);
});
afterAll(() => api.close());

async function store(day: string, classes: Partial<Reconciliation>[]): Promise<void> {
  const usual = { model: 'gpt-5', meter: 'input' as const, ours: '1', oursMax: '1' };
  await replaceReconciliations(api.services.db, {
    ...{ connectionId, day },
    classes: classes.map((row) => ({
      ...{ ...usual, isUnpriced: false, theirs: '1', lines: { 'gpt-5, input': '1' } },
      ...row,
    })),
  });
}
const ask = (query: string) => api.call('GET', `${PATH}${query}`, { as: viewer.as });
const list = async (query = '') =>
  (await ask(`?connectionId=${connectionId}${query}`)).read(LlmBills).items;

test('lists the newest day first, with a status and the bill’s own lines', async () => {
  const items = await list();
  expect(items.map(({ day, meter, status }) => [day, meter, status])).toEqual([
    ['2026-11-23', null, 'not_in_usage'],
    ['2026-11-23', 'output', 'drifts'],
    ['2026-11-22', 'input', 'agrees'],
  ]);
  expect(items[0]).toMatchObject({
    ...{ connectionId, provider: 'openai', model: '', ours: null, theirs: '7' },
    lines: [
      { name: 'Vid', amount: '4' },
      { name: 'Live', amount: '3' },
    ],
  });
});

test('each day is summed, with what the provider billed beyond our prices', async () => {
  const { days, items } = (await ask(`?connectionId=${connectionId}`)).read(LlmBills);
  expect(days).toEqual([
    { day: '2026-11-23', ours: '1', theirs: '9', difference: '8', differencePercent: 88.9 },
    { day: '2026-11-22', ours: '1', theirs: '1', difference: '0', differencePercent: 0 },
  ]);
  expect(items.map(({ difference }) => difference)).toEqual(['7', '1', '0']);
});

test('begins on the day that is asked for', async () => {
  expect(await list('&from=2026-11-23')).toHaveLength(2);
  expect(await list('&from=2020-01-01')).toHaveLength(3);
});

test('another connection has nothing of it', async () => {
  const other = await addConnection(api.services.db, { provider: 'openai' });
  expect((await ask(`?connectionId=${other}`)).read(LlmBills).items).toEqual([]);
});

test('refuses what it does not understand, and who is not signed in', async () => {
  for (const query of ['', '?connectionId=x', `?connectionId=${connectionId}&from=yesterday`])
    expect((await ask(query)).refusal()).toMatchObject({ status: 400 });
  expect((await api.call('GET', `${PATH}?connectionId=${connectionId}`)).status).toBe(401);
});
