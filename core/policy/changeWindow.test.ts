import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WEEKDAYS } from '../contracts/policy.ts';
import { type ChangeWindow, describeWindow, isOpen, nextOpening } from './changeWindow.ts';

const every = [...WEEKDAYS];
const nights: ChangeWindow = {
  timeZone: 'Europe/Berlin',
  hours: [{ days: ['sat'], from: '22:00', to: '04:00' }],
};
const open = (window: ChangeWindow, at: string) => isOpen(window, Date.parse(at));
const opens = (windows: ChangeWindow[], from: string, until: string) => {
  const at = nextOpening(windows, Date.parse(from), Date.parse(until));
  return at === undefined ? undefined : new Date(at).toISOString();
};

describe('a window over midnight belongs to the day on which it begins', () => {
  test.each([
    ['2026-11-21T20:59:59Z', false],
    ['2026-11-21T21:00:00Z', true],
    ['2026-11-22T02:59:59Z', true],
    ['2026-11-22T03:00:00Z', false],
    ['2026-11-22T21:00:00Z', false],
  ])('%s: %s', (at, expected) => {
    expect(open(nights, at)).toBe(expected);
  });

  test('also over the end of the week', () => {
    const sunday = {
      timeZone: 'UTC',
      hours: [{ days: ['sun' as const], from: '23:00', to: '01:00' }],
    };
    expect(open(sunday, '2026-11-23T00:30:00Z')).toBe(true);
    expect(open(sunday, '2026-11-24T00:30:00Z')).toBe(false);
  });

  test('from and to alike is the whole of a day', () => {
    const day = {
      timeZone: 'UTC',
      hours: [{ days: ['mon' as const], from: '12:00', to: '12:00' }],
    };
    expect(open(day, '2026-11-24T11:59:00Z')).toBe(true);
    expect(open(day, '2026-11-24T12:00:00Z')).toBe(false);
  });
});

describe('where the clocks change', () => {
  // Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
  const berlin = (from: string, to: string) => ({
    timeZone: 'Europe/Berlin',
    hours: [{ days: every, from, to }],
  });

  test('an hour that is skipped never comes, and the next one does', () => {
    expect(opens([berlin('02:00', '03:00')], '2026-03-29T00:00:00Z', '2026-03-31T00:00:00Z')).toBe(
      '2026-03-30T00:00:00.000Z',
    );
    expect(opens([berlin('02:30', '03:30')], '2026-03-29T00:00:00Z', '2026-03-31T00:00:00Z')).toBe(
      '2026-03-29T01:00:00.000Z',
    );
  });

  test('an hour that comes twice is open twice', () => {
    const minutes = Array.from(
      { length: 24 * 60 },
      (_, i) => Date.parse('2026-10-24T22:00:00Z') + i * 60_000,
    );
    expect(minutes.filter((at) => isOpen(berlin('02:00', '03:00'), at))).toHaveLength(120);
  });

  test.each([
    ['America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z', '01:30'],
    ['Australia/Lord_Howe', '2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z', '01:45'],
  ])('%s shows the same time at two instants', (timeZone, first, second, from) => {
    const window = { timeZone, hours: [{ days: every, from, to: '23:59' }] };
    expect(opens([window], first, second)).toBe(new Date(first).toISOString());
    expect(open(window, second)).toBe(true);
  });

  test('a zone with a quarter of an hour', () => {
    const window = {
      timeZone: 'Asia/Kathmandu',
      hours: [{ days: every, from: '00:00', to: '00:01' }],
    };
    expect(opens([window], '2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z')).toBe(
      '2026-06-01T18:15:00.000Z',
    );
  });
});

test('two windows are open where both are', () => {
  const utc = (from: string, to: string) => ({
    timeZone: 'UTC',
    hours: [{ days: every, from, to }],
  });
  const both = [utc('08:00', '12:00'), utc('11:00', '20:00')];
  expect(opens(both, '2026-11-20T07:00:00Z', '2026-11-21T07:00:00Z')).toBe(
    '2026-11-20T11:00:00.000Z',
  );
  expect(
    opens(
      [utc('08:00', '09:00'), utc('10:00', '11:00')],
      '2026-11-20T07:00:00Z',
      '2026-12-20T07:00:00Z',
    ),
  ).toBeUndefined();
  expect(
    opens([utc('08:00', '09:00')], '2026-11-20T07:00:00Z', '2026-11-20T08:00:00Z'),
  ).toBeUndefined();
});

test('a window is told in words', () => {
  expect(
    describeWindow({
      ...nights,
      hours: [...nights.hours, { days: ['tue', 'mon'], from: '01:00', to: '02:00' }],
    }),
  ).toBe('Sat 22:00 to 04:00 and Mon, Tue 01:00 to 02:00 (Europe/Berlin)');
});

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/St_Johns',
  'Africa/Casablanca',
];
const time = fc
  .nat(1439)
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
const window = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  hours: fc.array(
    fc.record({
      days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      from: time,
      to: time,
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
// Around the changes of the clocks as often as elsewhere.
const CHANGES = [
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2026-03-08T07:00Z',
  '2026-11-01T06:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
];
const instant = fc.oneof(
  fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') }),
  fc
    .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -10_800_000, max: 10_800_000 }))
    .map(([at, by]) => Date.parse(at) + by),
);

/** The same rule, told by the clock's own text. */
function readsOpen({ timeZone, hours }: ChangeWindow, at: number): boolean {
  const read = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
  const day = read({ weekday: 'short' }).toLowerCase() as (typeof WEEKDAYS)[number];
  const dayBefore = WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7]!;
  const clock = read({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return hours.some(({ days, from, to }) =>
    from < to
      ? days.includes(day) && from <= clock && clock < to
      : (days.includes(day) && from <= clock) || (days.includes(dayBefore) && clock < to),
  );
}

test('a window is open exactly while the clock on the wall says so', () => {
  fc.assert(
    fc.property(window, instant, (given, at) => {
      expect(isOpen(given, at)).toBe(readsOpen(given, at));
    }),
    { numRuns: 500 },
  );
});

test('the next opening is open, and every minute before it is not', () => {
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 2 }), instant, (windows, from) => {
      const until = from + 3 * 86_400_000;
      const next = nextOpening(windows, from, until);
      const isOpenAt = (at: number) => windows.every((one) => isOpen(one, at));
      if (next !== undefined) expect(isOpenAt(next)).toBe(true);
      for (let at = from; at < (next ?? until); at += 60_000) expect(isOpenAt(at)).toBe(false);
    }),
    { numRuns: 60 },
  );
});
