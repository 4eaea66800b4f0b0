import { describe, expect, it } from 'vitest';
import type { ActionPlan, ResizePlan } from '../contracts/action.ts';
import { planHash } from './planHash.ts';

const PLAN: ResizePlan = {
  kind: 'resize_instance',
  resource: {
    provider: 'aws',
    accountId: '123456789012',
    region: 'us-east-1',
    resourceId: 'i-0123456789abcdef0',
    resourceName: null,
  },
  before: { instanceType: 'm5.xlarge', state: 'running' },
  after: { instanceType: 'm5.large', state: 'running' },
  calls: [{ service: 'ec2', operation: 'StopInstances', parameters: { InstanceIds: 'i-0' } }],
  expectedMonthlySaving: { amount: '70.08', currency: 'USD' },
  savingBasis: 'paid rate',
  risks: ['It restarts.'],
};

describe('planHash', () => {
  it('does not depend on the order of keys', () => {
    const shuffled = Object.fromEntries(Object.entries(PLAN).reverse()) as unknown as ActionPlan;
    expect(planHash(shuffled)).toBe(planHash(PLAN));
    expect(planHash(PLAN)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with anything that is shown', () => {
    const changes: Partial<ResizePlan>[] = [
      { after: { instanceType: 'm5.2xlarge', state: 'running' } },
      { calls: [] },
      { risks: [] },
      { savingBasis: 'a guess' },
      { expectedMonthlySaving: null },
    ];
    const hashes = changes.map((change) => planHash({ ...PLAN, ...change }));
    expect(new Set([planHash(PLAN), ...hashes]).size).toBe(changes.length + 1);
  });
});
