import { ActionCreate } from '../contracts/action.ts';
import { roundMoney } from '../money/money.ts';
import type { RecommendationRow } from '../mcp/listRecommendations.ts';
import type { Advice } from './advice.ts';

const REASON_MAX = 500;

/**
 * The action that follows a provider's advice; undefined where CostGuard carries out none of its kind, or where the advice
 * has not been the same for `daysMin` days: load moves, and advice that comes and goes would resize to and fro.
 *
 * Advice to end a machine becomes a stop, which can be taken back; advice to delete a disk keeps a snapshot.
 */
export function toProposal(advice: Advice, daysMin: number): ActionCreate | undefined {
  if (advice.days < daysMin) return undefined;
  const { row, connectionId } = advice;
  const change = changeOf(row);
  if (change === undefined || row.RegionId === null) return undefined;
  // A resource that no contract of ours knows (a name instead of an id) is nobody's to change by us.
  const create = ActionCreate.safeParse({
    ...change,
    connectionId,
    resourceId: resourceIdOf(row.ResourceId),
    region: row.RegionId,
    reason: reasonOf(advice),
  });
  return create.success ? create.data : undefined;
}

type Change =
  | { kind: 'resize_instance'; target: { instanceType: string } }
  | { kind: 'stop_instance' }
  | { kind: 'delete_volume' };

function changeOf({ kind, recommended, ResourceType }: RecommendationRow): Change | undefined {
  const isDisk = /(^|[./:])(disks?|volume)$/i.test(ResourceType ?? '');
  switch (kind) {
    case 'resize':
      if (recommended === null || isDisk) return undefined;
      return { kind: 'resize_instance', target: { instanceType: recommended } };
    case 'terminate':
    case 'stop':
    case 'shutdown':
      return isDisk ? undefined : { kind: 'stop_instance' };
    case 'delete':
      return isDisk ? { kind: 'delete_volume' } : undefined;
    default:
      return undefined;
  }
}

// Google's recommender writes `//compute.googleapis.com/projects/…`, its billing export too.
function resourceIdOf(resourceId: string): string {
  return resourceId.replace(/^(https:)?\/\/[a-z.]*googleapis\.com\/(compute\/v1\/)?/, '');
}

function reasonOf({ row, since, days }: Advice): string {
  const saving = roundMoney({ amount: row.MonthlySaving, currency: row.BillingCurrency }, 2);
  const sentences = [
    `${row.source} has advised this on ${days} days since ${since}, and expects ${saving.amount} ${saving.currency} a month.`,
    ...evidenceOf(row),
  ];
  return sentences.join(' ').slice(0, REASON_MAX);
}

function evidenceOf({ kind, x_CpuMaxPercent: cpu, x_MemoryMaxPercent: memory }: RecommendationRow) {
  const measured = [
    ...(cpu === null ? [] : [`CPU at most ${cpu}%`]),
    ...(memory === null ? [] : [`memory at most ${memory}%`]),
  ];
  return [
    ...(measured.length === 0 ? [] : [`Measured there: ${measured.join(', ')}.`]),
    ...(kind !== 'resize' || memory !== null
      ? []
      : ['How much memory is used was not measured: look before you approve, it may not be safe.']),
    ...(kind !== 'resize' || cpu !== null ? [] : ['How busy its CPUs are was not said.']),
  ];
}
