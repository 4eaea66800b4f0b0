import { describe, expect, it } from 'vitest';
import { ActionStatus } from '../contracts/action.ts';
import { advance, INITIAL } from './advance.ts';
import { isOpen, mayFollow, TRANSITIONS } from './transitions.ts';

describe('the life of an action', () => {
  it('reaches every status from proposed', () => {
    const reached = new Set<ActionStatus>(['proposed']);
    for (const status of reached) TRANSITIONS[status].forEach((next) => reached.add(next));
    expect([...reached].sort()).toEqual([...ActionStatus.options].sort());
  });

  it('never returns to a status before executing once it has begun to change the resource', () => {
    const after = new Set<ActionStatus>(['executing']);
    for (const status of after) TRANSITIONS[status].forEach((next) => after.add(next));
    for (const early of ['proposed', 'approved', 'preflight', 'cancelled', 'rejected'] as const) {
      expect(after.has(early)).toBe(false);
    }
  });

  it('is open exactly while the resource may still be changed without a new decision about it', () => {
    // The same list as the unique index actions_one_open_per_resource.
    expect(ActionStatus.options.filter(isOpen)).toEqual([
      'proposed',
      'approved',
      'preflight',
      'executing',
      'verifying',
      'rolling_back',
      'rollback_failed',
    ]);
  });

  it('counts its version up by one with each status and refuses a jump', () => {
    const approved = advance(INITIAL, 'approved');
    expect(approved).toEqual({ status: 'approved', version: 2 });
    expect(() => advance(approved, 'succeeded')).toThrow(TypeError);
    for (const from of ActionStatus.options) {
      for (const to of ActionStatus.options) {
        const step = () => advance({ status: from, version: 7 }, to);
        if (mayFollow(from, to)) expect(step()).toEqual({ status: to, version: 8 });
        else expect(step).toThrow(TypeError);
      }
    }
  });
});
