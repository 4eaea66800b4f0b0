import { describe, expect, it } from 'vitest';
import { ActionStatus } from '../contracts/action.ts';
import { canDecide, decide, DECISION_KINDS, type DecisionKind } from './decide.ts';
import { mayFollow } from './transitions.ts';

const TAKEN: Record<DecisionKind, Partial<Record<ActionStatus, ActionStatus>>> = {
  approve: { proposed: 'approved' },
  reject: { proposed: 'rejected' },
  cancel: { proposed: 'cancelled', approved: 'cancelled', preflight: 'cancelled' },
  rollback: { succeeded: 'rolling_back' },
  retryRollback: { rollback_failed: 'rolling_back' },
};

describe('decide', () => {
  for (const kind of DECISION_KINDS) {
    for (const status of ActionStatus.options) {
      const expected = TAKEN[kind][status];
      it(`${kind} while ${status} ${expected === undefined ? 'is refused' : `leads to ${expected}`}`, () => {
        const verdict = decide(status, kind);
        expect(canDecide(status, kind)).toBe(expected !== undefined);
        if (expected === undefined) {
          expect(verdict).toMatchObject({ outcome: 'refused', code: 'action_wrong_state' });
        } else {
          expect(verdict).toEqual({ outcome: 'accepted', status: expected });
          expect(mayFollow(status, expected)).toBe(true);
        }
      });
    }
  }

  it('no decision can be taken once the action has ended', () => {
    for (const status of ['rejected', 'cancelled', 'expired', 'failed', 'rolled_back'] as const) {
      expect(DECISION_KINDS.filter((kind) => canDecide(status, kind))).toEqual([]);
    }
  });

  it('taking a decision closes the action for every other decision of the same moment', () => {
    expect(decide('approved', 'reject').outcome).toBe('refused');
    expect(decide('rejected', 'approve').outcome).toBe('refused');
    expect(decide('approved', 'approve').outcome).toBe('refused');
    expect(decide('expired', 'approve').outcome).toBe('refused');
  });
});

describe('decide with a clock', () => {
  const deadlines = { expiresAt: '2026-11-20T12:00:00.000Z', rollbackUntil: null };
  const at = (now: string, rollbackUntil: string | null = null) => ({
    now,
    deadlines: { ...deadlines, rollbackUntil },
  });

  it('takes an approval until the proposal expires and not from that moment on', () => {
    expect(decide('proposed', 'approve', at('2026-11-20T11:59:59.999Z')).outcome).toBe('accepted');
    const late = decide('proposed', 'approve', at('2026-11-20T12:00:00.000Z'));
    expect(late).toMatchObject({ outcome: 'refused', code: 'action_wrong_state' });
    expect(decide('proposed', 'reject', at('2026-11-21T00:00:00.000Z')).outcome).toBe('refused');
  });

  it('takes a rollback only within its window', () => {
    const until = '2026-11-22T12:00:00.000Z';
    expect(decide('succeeded', 'rollback', at('2026-11-22T11:00:00Z', until)).outcome).toBe(
      'accepted',
    );
    expect(decide('succeeded', 'rollback', at(until, until)).outcome).toBe('refused');
    expect(decide('succeeded', 'rollback', at('2026-11-20T00:00:00Z')).outcome).toBe('refused');
  });

  it('lets a rollback be retried and an approved action be cancelled at any time', () => {
    const late = at('2027-01-01T00:00:00Z', '2026-11-22T12:00:00.000Z');
    expect(decide('rollback_failed', 'retryRollback', late).outcome).toBe('accepted');
    expect(decide('preflight', 'cancel', late).outcome).toBe('accepted');
  });
});
