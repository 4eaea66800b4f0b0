import { Decimal } from 'decimal.js';
import type { RecommendationRow } from '../../core/mcp/listRecommendations.ts';
import { fingerprint } from '../kit/cursor.ts';
import type { GcpRecommendation, RecommenderId } from './recommenders.ts';

/** Where a recommendation was found. */
export interface Place {
  project: string;
  zone: string;
}

const MONTH_SECONDS = 30 * 86_400;
const BILLIONTH = 9;

/** A recommendation as a row; undefined where Google names neither a resource nor what it would save. */
export function toRecommendation(
  recommendation: GcpRecommendation,
  recommender: RecommenderId,
  { project, zone }: Place,
): RecommendationRow | undefined {
  const saving = monthlySaving(recommendation);
  const operations = recommendation.content.operationGroups.flatMap((group) => group.operations);
  const ResourceId = operations.find(({ resource }) => resource !== undefined)?.resource;
  if (saving === undefined || ResourceId === undefined) return undefined;
  return {
    id: fingerprint([recommendation.name]),
    ...adviceOf(recommender, operations),
    ResourceId,
    ResourceName: ResourceId.split('/').at(-1) ?? null,
    ResourceType: recommender.includes('.disk.')
      ? 'compute.googleapis.com/Disk'
      : 'compute.googleapis.com/Instance',
    RegionId: zone.replace(/-[a-z]$/, ''),
    SubAccountId: project,
    ...saving,
    basis:
      "Google's projection from the utilisation of the last 8 days or more, at the prices that this account pays",
    reasons: [recommendation.description, recommendation.recommenderSubtype].filter(
      (text) => text !== '',
    ),
    source: 'Google Cloud Recommender',
    // Google looks at both, memory only where the Ops Agent runs, but says neither in a recommendation.
    x_CpuMaxPercent: null,
    x_MemoryMaxPercent: null,
  };
}

type Operations = GcpRecommendation['content']['operationGroups'][number]['operations'];
type Advice = Pick<RecommendationRow, 'category' | 'kind' | 'current' | 'recommended' | 'risk'>;

function adviceOf(recommender: RecommenderId, operations: Operations): Advice {
  switch (recommender) {
    case 'google.compute.instance.MachineTypeRecommender': {
      const current = machineType(operations, 'test');
      const recommended = machineType(operations, 'replace');
      // Another family means another processor, which needs a look at what runs there.
      const sameFamily = current !== null && familyOf(current) === familyOf(recommended ?? '');
      return {
        category: 'rightsizing',
        kind: 'resize',
        current,
        recommended,
        risk: sameFamily ? 'low' : 'medium',
      };
    }
    case 'google.compute.instance.IdleResourceRecommender':
      return { category: 'idle', kind: 'stop', current: null, recommended: null, risk: 'medium' };
    case 'google.compute.disk.IdleResourceRecommender':
      // Deleting a disk loses what only it holds, unless a snapshot is taken first.
      return { category: 'idle', kind: 'delete', current: null, recommended: null, risk: 'high' };
  }
}

const familyOf = (machine: string): string => machine.split('-')[0] ?? '';

/** The machine type that an operation names: `zones/Z/machineTypes/T` as a value, or as the end of a pattern. */
function machineType(operations: Operations, action: 'test' | 'replace'): string | null {
  const operation = operations.find(
    (candidate) => candidate.action === action && candidate.path === '/machineType',
  );
  const text = operation?.value ?? operation?.valueMatcher?.matchesPattern;
  return typeof text === 'string' ? (/machineTypes\/([\w-]{1,60})$/.exec(text)?.[1] ?? null) : null;
}

/** What is saved in 30 days: Google projects costs over a time of its own, and a saving is a negative cost. */
function monthlySaving({
  primaryImpact,
}: GcpRecommendation): Pick<RecommendationRow, 'MonthlySaving' | 'BillingCurrency'> | undefined {
  const { costProjection: projection } = primaryImpact;
  const seconds = Number(projection?.duration.slice(0, -1) ?? 0);
  if (projection === undefined || seconds === 0) return undefined;
  const { units, nanos, currencyCode } = projection.costInLocalCurrency ?? projection.cost;
  const cost = new Decimal(units).plus(new Decimal(nanos).div(1e9));
  const saving = cost.times(MONTH_SECONDS).div(seconds).negated();
  return {
    MonthlySaving: toPlain(saving),
    BillingCurrency: currencyCode,
  };
}

const toPlain = (amount: Decimal): string => {
  const text = amount.toFixed(BILLIONTH).replace(/\.?0+$/, '');
  return text === '-0' || text === '' ? '0' : text;
};
