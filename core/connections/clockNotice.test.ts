import { expect, it } from 'vitest';
import { clockNotice } from './clockNotice.ts';

const now = new Date('2026-11-26T10:00:00Z');

it('tells of an answer from the future by how much', () => {
  const notice = clockNotice(new Date('2026-11-26T11:30:00Z'), now);
  expect(notice).toMatchObject({ code: 'clock_ahead' });
  expect(notice?.detail).toContain('90 minutes ahead');
});

it.each(['2026-11-26T10:04:59Z', '2026-11-26T10:00:00Z', '2020-01-01T00:00:00Z'])(
  'says nothing of one of %s: clocks differ a little, and caches are old',
  (dataAsOf) => {
    expect(clockNotice(new Date(dataAsOf), now)).toBeUndefined();
  },
);

it('says nothing where nothing was answered', () => {
  expect(clockNotice(undefined, now)).toBeUndefined();
});
