import { expect, test } from 'vitest';
import { waitingNotices } from './waitingNotices.ts';

const since = new Date('2026-11-20T00:00:00Z');
const after = (hours: number) => new Date(since.getTime() + hours * 3_600_000);

test('a proposal of three days is told of a day and eight hours before its end', () => {
  expect(waitingNotices(since, after(72), { reminder: 24, escalation: 8 })).toEqual([
    { stage: 'reminder', at: '2026-11-22T00:00:00.000Z' },
    { stage: 'escalation', at: '2026-11-22T16:00:00.000Z' },
  ]);
});

test('a short one in the middle and with a quarter left', () => {
  expect(waitingNotices(since, after(4), { reminder: 24, escalation: 8 })).toEqual([
    { stage: 'reminder', at: '2026-11-20T02:00:00.000Z' },
    { stage: 'escalation', at: '2026-11-20T03:00:00.000Z' },
  ]);
});

test('soonest first, and none where the hours are 0', () => {
  const stages = (reminder: number, escalation: number) =>
    waitingNotices(since, after(72), { reminder, escalation }).map(({ stage }) => stage);
  expect(stages(2, 8)).toEqual(['escalation', 'reminder']);
  expect(stages(0, 8)).toEqual(['escalation']);
  expect(stages(0, 0)).toEqual([]);
});
