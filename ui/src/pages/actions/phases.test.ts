import { describe, expect, it } from 'vitest';
import { phasesOf } from './phases';

type Detail = Parameters<typeof phasesOf>[0];

const life = (...statuses: Detail['status'][]): Detail => ({
  status: statuses.at(-1) ?? 'proposed',
  events: statuses.map((status, index) => ({
    ...{ seq: index + 1, at: `2026-11-27T08:00:0${index}Z`, type: 'status', status },
    ...{ actor: 'CostGuard', summary: status },
  })),
});
const states = (detail: Detail) =>
  phasesOf(detail).map(({ status, state }) => `${status} ${state}`);

describe('the phases of an action', () => {
  it('name what is to come while it is on its way', () => {
    expect(states(life('proposed', 'approved', 'preflight'))).toEqual([
      'proposed done',
      'approved done',
      'preflight current',
      'executing waiting',
      'verifying waiting',
      'succeeded waiting',
    ]);
  });

  it('end where a person ended it', () => {
    expect(states(life('proposed', 'rejected'))).toEqual(['proposed done', 'rejected ended']);
  });

  it('show the way back and what came of it', () => {
    expect(states(life('proposed', 'approved', 'executing', 'rolling_back'))).toEqual([
      'proposed done',
      'approved done',
      'executing done',
      'rolling_back current',
    ]);
    expect(
      states(life('proposed', 'approved', 'executing', 'rolling_back', 'rollback_failed')).slice(3),
    ).toEqual(['rolling_back done', 'rollback_failed ended']);
  });

  it('are all done where it succeeded', () => {
    const phases = phasesOf(
      life('proposed', 'approved', 'preflight', 'executing', 'verifying', 'succeeded'),
    );
    expect(new Set(phases.map(({ state }) => state))).toEqual(new Set(['done']));
    expect(phases[0]?.at).toBe('2026-11-27T08:00:00Z');
  });
});
