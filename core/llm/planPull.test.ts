import { expect, test } from 'vitest';
import { planPull } from './planPull.ts';

const now = new Date('2026-11-20T13:07:30Z');
const plan = (pulledUntil?: string, hoursUntil?: string, at = now) =>
  planPull({ pulledUntil, hoursUntil, now: at });

test('a first poll reads 14 days by the hour and the newest by the minute', () => {
  expect(plan()).toEqual({
    isNewDay: true,
    pages: [
      { from: '2026-11-06T00:00:00Z', to: '2026-11-13T00:00:00Z', bucketSeconds: 3600 },
      { from: '2026-11-13T00:00:00Z', to: '2026-11-20T00:00:00Z', bucketSeconds: 3600 },
      { from: '2026-11-20T00:00:00Z', to: '2026-11-20T13:02:00Z', bucketSeconds: 60 },
    ],
  });
});

test.each([
  ['every poll', '2026-11-20T13:00:00Z', ['2026-11-20T12:20:00Z']],
  ['once an hour', '2026-11-20T12:58:00Z', ['2026-11-20T06:58:00Z']],
  [
    'once a day',
    '2026-11-19T23:58:00Z',
    ['2026-11-18T17:58:00Z', '2026-11-19T00:00:00Z', '2026-11-20T00:00:00Z'],
  ],
])('late buckets are read again: %s', (_, pulledUntil, starts) => {
  const { pages } = plan(pulledUntil);
  expect(pages.map(({ from }) => from)).toEqual(starts);
  expect(pages.at(-1)?.to).toBe('2026-11-20T13:02:00Z');
});

test.each(['2026-11-20T04:11:00Z', '2026-11-18T04:11:00Z', '2026-10-01T04:11:00Z'])(
  'after an outage since %s there is no gap',
  (pulledUntil) => {
    const { pages } = plan(pulledUntil);
    expect((pages[0]?.from ?? '') < pulledUntil).toBe(true);
    for (const [i, page] of pages.slice(1).entries()) expect(page.from).toBe(pages[i]?.to);
    expect(pages.at(-1)?.to).toBe('2026-11-20T13:02:00Z');
    for (const { from, bucketSeconds } of pages)
      expect(bucketSeconds).toBe(from < '2026-11-06' ? 3600 : 60);
  },
);

test('hours that are stored as one are not read by minutes', () => {
  expect(plan('2026-11-20T00:20:00Z', '2026-11-20T00:00:00Z').pages[0]?.from).toBe(
    '2026-11-20T00:00:00Z',
  );
});

test('nothing past now is asked for, nor anything when the clock was set back', () => {
  expect(plan('2026-11-20T13:30:00Z').pages).toEqual([]);
  expect(plan('2026-11-20T13:02:00Z').pages).toEqual([]);
});

test.each([
  ['a poll that failed after its page of yesterday', '2026-11-20T00:00:00Z', now, true],
  [
    'a poll that read up to midnight',
    '2026-11-19T23:55:00Z',
    new Date('2026-11-20T00:05:30Z'),
    false,
  ],
  ['a poll of today', '2026-11-20T00:01:00Z', now, false],
])('what is done once a day is done by the next poll, once: %s', (_, pulledUntil, at, isNewDay) => {
  expect(plan(pulledUntil, undefined, at).isNewDay).toBe(isNewDay);
});
