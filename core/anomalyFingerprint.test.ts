import { expect, test } from 'vitest';
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
