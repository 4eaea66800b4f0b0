import type { RecommendationRow } from '../../core/mcp/listRecommendations.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import { fingerprint } from '../kit/cursor.ts';
import type { Rightsizing, RightsizingRecommendation } from './readRightsizing.ts';

/** What GetRightsizingRecommendation says: EC2 instances to resize or to end. */
export async function findRecommendations(
  call: ConnectionCall,
  ask: (call: ConnectionCall) => Promise<Answer<Rightsizing>>,
): Promise<FoundList<RecommendationRow>> {
  const { value, asOf, stale } = await ask(call);
  return {
    rows: value.recommendations.flatMap((recommendation) => toRow(recommendation, value) ?? []),
    asOf,
    sources: [toSourceStatus(call.connectionId, stale)],
    notes: [
      'Cost Explorer recommends for EC2 instances only, in the categories rightsizing and idle.',
    ],
  };
}

function toRow(
  recommendation: RightsizingRecommendation,
  { lookbackDays }: Rightsizing,
): RecommendationRow | undefined {
  const advice = adviceOf(recommendation);
  if (!advice) return undefined;
  const { CurrentInstance, AccountId, FindingReasonCodes } = recommendation;
  const details = CurrentInstance.ResourceDetails?.EC2ResourceDetails;
  const { kind, recommended } = advice;
  const used = CurrentInstance.ResourceUtilization?.EC2ResourceUtilization;
  return {
    id: fingerprint([CurrentInstance.ResourceId, kind, recommended]),
    ...advice,
    ResourceId: CurrentInstance.ResourceId,
    ResourceName: CurrentInstance.InstanceName ?? null,
    ResourceType: 'AWS::EC2::Instance',
    RegionId: details?.Region ?? null,
    SubAccountId: AccountId ?? null,
    current: details?.InstanceType ?? null,
    basis: `Cost Explorer's estimate from the utilisation of the last ${lookbackDays ?? 14} days, after reservations and Savings Plans`,
    reasons: [...FindingReasonCodes, ...advice.reasons],
    source: 'AWS Cost Explorer rightsizing',
    x_CpuMaxPercent: used?.MaxCpuUtilizationPercentage ?? null,
    x_MemoryMaxPercent: used?.MaxMemoryUtilizationPercentage ?? null,
  };
}

type Advice = Pick<
  RecommendationRow,
  'category' | 'kind' | 'recommended' | 'MonthlySaving' | 'BillingCurrency' | 'risk' | 'reasons'
>;

/** What is advised; undefined where AWS names neither a target nor a saving. */
function adviceOf(recommendation: RightsizingRecommendation): Advice | undefined {
  const { RightsizingType: type, TerminateRecommendationDetail: end } = recommendation;
  if (type === 'TERMINATE') {
    return (
      end && {
        category: 'idle',
        kind: 'terminate',
        recommended: null,
        MonthlySaving: end.EstimatedMonthlySavings,
        BillingCurrency: end.CurrencyCode,
        // Ending an instance loses what only it holds.
        risk: 'high',
        reasons: [],
      }
    );
  }
  const targets = recommendation.ModifyRecommendationDetail?.TargetInstances ?? [];
  const target = targets.find((t) => t.DefaultTargetInstance) ?? targets[0];
  return (
    target && {
      category: 'rightsizing',
      kind: 'resize',
      recommended: target.ResourceDetails?.EC2ResourceDetails?.InstanceType ?? null,
      MonthlySaving: target.EstimatedMonthlySavings,
      BillingCurrency: target.CurrencyCode,
      risk: target.PlatformDifferences.length > 0 ? 'medium' : 'low',
      reasons: target.PlatformDifferences.map((difference) => `differs in ${difference}`),
    }
  );
}
