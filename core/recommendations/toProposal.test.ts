import { describe, expect, it } from 'vitest';
import type { RecommendationRow } from '../mcp/listRecommendations.ts';
import type { Advice } from './advice.ts';
import { toProposal } from './toProposal.ts';

const ROW: RecommendationRow = {
  id: 'r1',
  category: 'rightsizing',
  kind: 'resize',
  ResourceId: 'i-0123456789abcdef0',
  ResourceName: 'checkout-api',
  ResourceType: 'AWS::EC2::Instance',
  RegionId: 'us-east-1',
  SubAccountId: '123456789012',
  current: 'm5.xlarge',
  recommended: 'm5.large',
  MonthlySaving: '70.084',
  BillingCurrency: 'USD',
  basis: 'estimate',
  risk: 'low',
  reasons: [],
  source: 'AWS Cost Explorer rightsizing',
  x_CpuMaxPercent: '12.5',
  x_MemoryMaxPercent: '31',
};

function advice(row: Partial<RecommendationRow> = {}, days = 3): Advice {
  return {
    provider: 'aws',
    connectionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
    row: { ...ROW, ...row },
    since: '2026-11-20',
    days,
  };
}

describe('toProposal', () => {
  it('resizes as advised, and says on what evidence', () => {
    expect(toProposal(advice(), 3)).toMatchObject({
      kind: 'resize_instance',
      resourceId: 'i-0123456789abcdef0',
      region: 'us-east-1',
      target: { instanceType: 'm5.large' },
      reason:
        'AWS Cost Explorer rightsizing has advised this on 3 days since 2026-11-20, and expects 70.08 USD a month. Measured there: CPU at most 12.5%, memory at most 31%.',
    });
  });

  it('waits until the advice has been the same for some days', () => {
    expect(toProposal(advice({}, 2), 3)).toBeUndefined();
  });

  it('says so where memory was not measured, instead of calling it safe', () => {
    const { reason } = toProposal(advice({ x_MemoryMaxPercent: null }), 3)!;
    expect(reason).toContain('memory is used was not measured');
    expect(reason).toContain('may not be safe');
  });

  it.each([
    ['terminate', 'AWS::EC2::Instance', ROW.ResourceId, 'stop_instance'],
    [
      'stop',
      'compute.googleapis.com/Instance',
      '//compute.googleapis.com/projects/shop/zones/us-central1-a/instances/web',
      'stop_instance',
    ],
    [
      'delete',
      'compute.googleapis.com/Disk',
      'https://www.googleapis.com/compute/v1/projects/shop/zones/us-central1-a/disks/old',
      'delete_volume',
    ],
    [
      'shutdown',
      'Microsoft.Compute/virtualMachines',
      '/subscriptions/0f0e0d0c-0b0a-4909-8807-060504030201/resourcegroups/shop/providers/microsoft.compute/virtualmachines/web',
      'stop_instance',
    ],
  ])('%s of %s becomes what can be taken back', (kind, ResourceType, ResourceId, expected) => {
    const proposal = toProposal(advice({ kind, ResourceType, ResourceId, recommended: null }), 3);
    expect(proposal?.kind).toBe(expected);
    expect(proposal?.resourceId).not.toContain('googleapis');
  });

  it.each([
    ['a commitment', { kind: 'commit', recommended: 'for three years' }],
    ['something to review', { kind: 'review' }],
    ['a resize to nothing', { recommended: null }],
    ['a resource known by its name only', { ResourceId: 'checkout-api' }],
    ['a place that is not said', { RegionId: null }],
    ['a database', { kind: 'delete', ResourceType: 'AWS::RDS::DBInstance' }],
  ])('%s is nobody’s proposal', (_, row) => {
    expect(toProposal(advice(row), 3)).toBeUndefined();
  });
});
