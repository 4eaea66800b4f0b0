import { describe, expect, test } from 'vitest';
import { anomalyFingerprint } from './anomalyFingerprint.ts';

const report = {
  connectionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  subAccountId: '1',
  serviceName: 'EC2',
  regionId: 'us-east-1',
  kind: 'spike',
  startedOn: '2026-11-18',
  currency: 'USD',
} as const;

test.each(['level_shift', 'drift', 'new_service'] as const)(
  'a spike that turns out to be a %s stays the same finding',
  (kind) => expect(anomalyFingerprint({ ...report, kind })).toBe(anomalyFingerprint(report)),
);

test.each([
  { connectionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c12' },
  { subAccountId: null },
  { subAccountId: '' },
  { serviceName: 'S3' },
  { regionId: null },
  { kind: 'drop' as const },
  { startedOn: '2026-11-19' },
  { currency: 'EUR' },
  { subAccountId: 'EC2', serviceName: '1' },
])('%j makes another finding', (given) => {
  expect(anomalyFingerprint({ ...report, ...given })).not.toBe(anomalyFingerprint(report));
});

// Stored with each finding: another value would report every open one anew.
test('stays what it was in earlier releases', () => {
  expect(anomalyFingerprint(report)).toMatchInlineSnapshot(
    `"6886f948896c7a68b75b2828bbcd87e00b1eb71c7ac46b0c7052571afc0fbd04"`,
  );
});

describe('of the use of language models', () => {
  const llm = {
    apiKeyId: 'key_1',
    model: null,
    previousModel: null,
    meter: null,
    startedAt: '2026-11-18T10:00:00Z',
    lastSeenAt: '2026-11-18T10:15:00Z',
  };
  const loop = { ...report, kind: 'runaway_loop' as const, llm };

  test('a finding that grows stays the same', () => {
    const grown = { ...loop, llm: { ...llm, lastSeenAt: '2026-11-18T11:00:00Z' } };
    expect(anomalyFingerprint(grown)).toBe(anomalyFingerprint(loop));
  });

  test.each([
    { kind: 'key_misuse' as const },
    { kind: 'spike' as const },
    { llm: { ...llm, apiKeyId: 'key_2' } },
    { llm: { ...llm, model: 'key_1', apiKeyId: null } },
    { llm: { ...llm, meter: 'input' } },
  ])('%j makes another finding', (given) => {
    expect(anomalyFingerprint({ ...loop, ...given })).not.toBe(anomalyFingerprint(loop));
  });
});
