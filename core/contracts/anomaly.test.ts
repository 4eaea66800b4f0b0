import { expect, test } from 'vitest';
import { anomalyReport } from '../../tests/api/samples.ts';
import { AnomalyCreate } from './anomaly.ts';

const CONNECTION = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';
const SUBJECT = {
  apiKeyId: 'key_1',
  model: null,
  previousModel: null,
  meter: null,
  startedAt: '2026-11-18T10:00:00Z',
  lastSeenAt: '2026-11-18T10:15:00Z',
};
const attributionTo = (dimension: string) => ({
  change: { total: '1', usage: '1', price: '0', mix: '0', added: '0', removed: '0' },
  causes: [
    {
      direction: 'up',
      path: [{ dimension, value: 'x' }],
      expected: '1',
      actual: '2',
      excess: '1',
      share: 1,
    },
  ],
});
const wrong = (given: Record<string, unknown>) =>
  AnomalyCreate.safeParse(anomalyReport(CONNECTION, given)).error?.issues.map((issue) =>
    issue.path.join('/'),
  );

test('a report without drivers has an empty list of them', () => {
  expect(AnomalyCreate.parse(anomalyReport(CONNECTION, { drivers: undefined })).drivers).toEqual(
    [],
  );
});

test.each([
  [{ connectionId: 'x' }, ['connectionId']],
  [{ serviceName: '' }, ['serviceName']],
  [{ kind: 'surprise' }, ['kind']],
  [{ kind: 'runaway_loop' }, ['llm']],
  [{ llm: SUBJECT }, ['llm']],
  [{ kind: 'runaway_loop', llm: { ...SUBJECT, key: 'sk-1' } }, ['llm']],
  [{ actual: 120.5 }, ['actual']],
  [{ expected: '1e3' }, ['expected']],
  [{ currency: 'usd', severity: 'extreme' }, ['severity', 'currency']],
  [{ startedOn: '2026-11-20', lastSeenOn: '2026-11-19' }, ['lastSeenOn']],
  [{ explanation: 'a\u0000b' }, ['explanation']],
  [{ explanation: '\ud83d' }, ['explanation']],
  [{ score: Infinity }, ['score']],
  [{ attribution: attributionTo('a\u0000b') }, ['attribution/causes/0/path/0/dimension']],
  [
    { drivers: [{ dimension: 'Color', value: 'x', expected: '1', actual: '2', share: 1 }] },
    ['drivers/0/dimension'],
  ],
  [
    { drivers: [{ dimension: 'RegionId', value: 'x', expected: '1', actual: 'two', share: 1 }] },
    ['drivers/0/actual'],
  ],
])('%j is refused by name', (given, expected) => {
  expect(wrong(given)).toEqual(expected);
});

test('a cause is named by any dimension', () => {
  expect(wrong({ attribution: attributionTo('RegionId') })).toBeUndefined();
});

test('at most 50 drivers', () => {
  const driver = { dimension: 'ResourceId', value: 'i-1', expected: '0', actual: '1', share: 0.02 };
  expect(wrong({ drivers: Array.from({ length: 50 }, () => driver) })).toBeUndefined();
  expect(wrong({ drivers: Array.from({ length: 51 }, () => driver) })).toEqual(['drivers']);
});
