import {
  listRecommendationsContract,
  type RecommendationRow,
} from '../../core/mcp/listRecommendations.ts';
import { compareMoney } from '../../core/money/money.ts';
import { fingerprint, type CursorSeal } from '../kit/cursor.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { toListPage } from '../kit/listPage.ts';
import { toSourceCall } from './askCosts.ts';
import { toSourceStatus, type AwsSource } from './awsSource.ts';
import type { Rightsizing, RightsizingRecommendation } from './readRightsizing.ts';

/** `list_recommendations` on GetRightsizingRecommendation: EC2 instances to resize or to end. */
export function createListRecommendations(source: AwsSource, seal: CursorSeal): Tool {
  return defineTool(listRecommendationsContract, async (input, call) => {
    const page = seal.page(listRecommendationsContract.name, input, call.tenant);
    const { category, minSaving = '0' } = input;
    const sourceCall = toSourceCall(input, call);
    const { value, asOf, stale } = await source.rightsizing(sourceCall);
    const rows = value.recommendations
      .flatMap((recommendation) => toRow(recommendation, value) ?? [])
      .filter((row) => category === undefined || row.category === category)
      .filter((row) => compare(row.MonthlySaving, minSaving) >= 0)
      .sort((a, b) => compare(b.MonthlySaving, a.MonthlySaving) || (a.id < b.id ? -1 : 1));
    return {
      ...toListPage(rows, page),
      dataAsOf: asOf.toISOString(),
      sources: [toSourceStatus(sourceCall.connectionId, stale)],
      cost: source.cost(sourceCall),
      notes: [
        'Cost Explorer recommends for EC2 instances only, in the categories rightsizing and idle.',
      ],
    };
  });
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

// Only sorts and cuts; amounts in different currencies are not added.
const compare = (a: string, b: string): number =>
  compareMoney({ amount: a, currency: '' }, { amount: b, currency: '' });
