import { describe, expect, it } from 'vitest';
import { DECISION_KINDS } from './decide.ts';
import { type AuthorityFacts, judgeAuthority } from './judgeAuthority.ts';

const PROPOSER = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';

function facts(change: Partial<AuthorityFacts> = {}): AuthorityFacts {
  return {
    kind: 'approve',
    decider: { id: OTHER, role: 'approver', enabled: true },
    proposedById: PROPOSER,
    shownPlanHash: 'h1',
    storedPlanHash: 'h1',
    actualPlanHash: 'h1',
    connection: { mode: 'actions', enabled: true },
    isResourceTaken: false,
    ...change,
  };
}

describe('judgeAuthority', () => {
  it('lets an approver and an admin decide everything', () => {
    for (const kind of DECISION_KINDS) {
      expect(judgeAuthority(facts({ kind }))).toBeUndefined();
      const decider = { id: OTHER, role: 'admin', enabled: true } as const;
      expect(judgeAuthority(facts({ kind, decider }))).toBeUndefined();
    }
  });

  it('lets neither viewers nor operators decide', () => {
    for (const role of ['viewer', 'operator'] as const) {
      for (const kind of DECISION_KINDS) {
        const decider = { id: OTHER, role, enabled: true };
        expect(judgeAuthority(facts({ kind, decider }))?.code).toBe('forbidden');
      }
    }
  });

  it('refuses users that are disabled or gone', () => {
    for (const kind of DECISION_KINDS) {
      const disabled = { id: OTHER, role: 'admin', enabled: false } as const;
      expect(judgeAuthority(facts({ kind, decider: disabled }))?.code).toBe('forbidden');
      expect(judgeAuthority(facts({ kind, decider: undefined }))?.code).toBe('forbidden');
    }
  });

  it('the proposer cannot approve, not even as an admin, but can withdraw', () => {
    const decider = { id: PROPOSER, role: 'admin', enabled: true } as const;
    expect(judgeAuthority(facts({ decider }))?.code).toBe('proposer_cannot_decide');
    expect(judgeAuthority(facts({ kind: 'reject', decider }))).toBeUndefined();
    const operator = { id: PROPOSER, role: 'operator', enabled: true } as const;
    expect(judgeAuthority(facts({ kind: 'cancel', decider: operator }))).toBeUndefined();
  });

  it.each([
    ['no hash came with it', { shownPlanHash: undefined }],
    ['another plan was shown', { shownPlanHash: 'h0' }],
    ['there is no plan yet', { storedPlanHash: null, actualPlanHash: null }],
    [
      'neither was shown nor is there a plan',
      { shownPlanHash: undefined, storedPlanHash: null, actualPlanHash: null },
    ],
    ['the stored plan was altered', { actualPlanHash: 'h2' }],
  ])('refuses an approval when %s', (_, change) => {
    expect(judgeAuthority(facts(change))?.code).toBe('action_plan_changed');
    expect(judgeAuthority(facts({ ...change, kind: 'reject' }))).toBeUndefined();
  });

  it('changes nothing through a connection that is read-only or disabled, but lets go of it', () => {
    for (const connection of [
      { mode: 'read_only', enabled: true },
      { mode: 'actions', enabled: false },
    ] as const) {
      for (const kind of ['approve', 'rollback', 'retryRollback'] as const) {
        expect(judgeAuthority(facts({ kind, connection }))?.code).toBe('connection_read_only');
      }
      for (const kind of ['reject', 'cancel'] as const) {
        expect(judgeAuthority(facts({ kind, connection }))).toBeUndefined();
      }
    }
  });

  it('rolls nothing back while another action on the resource is open', () => {
    const taken = { isResourceTaken: true };
    const objection = judgeAuthority(facts({ kind: 'rollback', ...taken }));
    expect(objection?.code).toBe('action_open_for_resource');
    for (const kind of ['approve', 'reject', 'cancel', 'retryRollback'] as const) {
      expect(judgeAuthority(facts({ kind, ...taken }))).toBeUndefined();
    }
  });
});
