import { describe, expect, it } from 'vitest';
import { planPollPeriod } from './planPollPeriod.ts';

const at = new Date('2026-11-23T06:00:00Z');

describe('planPollPeriod', () => {
  it('asks for three months at the first poll and leaves the day of the poll out', () => {
    expect(planPollPeriod(at, null)).toEqual({ from: '2026-08-23', to: '2026-11-23' });
  });

  it.each([
    ['up to date', '2026-11-22', '2026-11-20'],
    ['two polls behind', '2026-11-19', '2026-11-17'],
    ['a clock that ran ahead', '2026-12-24', '2026-11-20'],
    ['years behind', '2020-01-01', '2026-08-23'],
  ])('reads the days that may have been restated again: %s', (_name, dataUntil, from) => {
    expect(planPollPeriod(at, dataUntil)).toEqual({ from, to: '2026-11-23' });
  });
});
