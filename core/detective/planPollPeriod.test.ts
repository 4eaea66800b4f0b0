import { describe, expect, it } from 'vitest';
import type { Provider } from '../contracts/scalars.ts';
import { planPollPeriod, type PolledConnection } from './planPollPeriod.ts';

const at = new Date('2026-11-23T06:00:00Z');
const settled: PolledConnection = {
  provider: 'aws',
  dataUntil: '2026-11-22',
  restatedOn: '2026-11-23',
};

describe('planPollPeriod', () => {
  it('asks for three months at the first poll and leaves the day of the poll out', () => {
    const fresh = { ...settled, dataUntil: null, restatedOn: null };
    expect(planPollPeriod(at, fresh)).toEqual({
      from: '2026-08-23',
      to: '2026-11-23',
      isDeep: true,
    });
  });

  it.each([
    ['up to date', '2026-11-22', '2026-11-20'],
    ['two polls behind', '2026-11-19', '2026-11-17'],
    ['a clock that ran ahead', '2026-12-24', '2026-11-20'],
    ['years behind', '2020-01-01', '2026-08-23'],
  ])('reads the newest days again at each poll: %s', (_name, dataUntil, from) => {
    expect(planPollPeriod(at, { ...settled, dataUntil })).toMatchObject({ from, to: '2026-11-23' });
  });

  it.each<[Provider, string, string, string]>([
    ['aws', '2026-11-23', '2026-11-20', '2026-11-01'],
    ['aws', '2026-11-10', '2026-11-07', '2026-10-01'],
    ['aws', '2026-11-11', '2026-11-08', '2026-11-01'],
    ['azure', '2026-11-23', '2026-11-18', '2026-11-01'],
    ['azure', '2026-11-05', '2026-10-31', '2026-10-01'],
    ['azure', '2026-11-06', '2026-11-01', '2026-11-01'],
    ['gcp', '2026-11-23', '2026-11-13', '2026-11-01'],
    ['gcp', '2026-11-15', '2026-11-05', '2026-10-01'],
    ['gcp', '2026-01-15', '2026-01-05', '2025-12-01'],
    ['openai', '2026-11-23', '2026-11-20', '2026-10-23'],
    ['anthropic', '2026-11-23', '2026-11-20', '2026-10-23'],
  ])('of %s on %s asks from %s, and once that day from %s', (provider, today, usual, deep) => {
    const scheduledAt = new Date(`${today}T06:00:00Z`);
    const known = { provider, dataUntil: today, restatedOn: today };
    const plan = (restatedOn: string | null) =>
      planPollPeriod(scheduledAt, { ...known, restatedOn });
    expect(plan(today).from).toBe(usual);
    expect(plan(null)).toEqual({ from: deep, to: today, isDeep: true });
    expect(plan('2025-01-01')).toEqual(plan(null));
  });

  it('knows a poll that reads far enough back for another reason as the one of the day', () => {
    expect(planPollPeriod(at, { ...settled, dataUntil: '2026-11-03' }).isDeep).toBe(true);
    expect(planPollPeriod(at, settled).isDeep).toBe(false);
  });
});
