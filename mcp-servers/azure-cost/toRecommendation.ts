import { regionFromAzureLocation } from '../../core/focus/regionFromAzureLocation.ts';
import type { RecommendationRow } from '../../core/mcp/listRecommendations.ts';
import { multiplyMoney, roundMoney, toDecimalString } from '../../core/money/money.ts';
import { compareAmounts } from '../kit/costs/compareAmounts.ts';
import { fingerprint } from '../kit/cursor.ts';
import { parseResourceId } from './resourceId.ts';
import type { Advice } from './readAdvice.ts';

const MONTHS = '12';
const A_TWELFTH = `0.08${'3'.repeat(36)}`;
const MONTHLY_PLACES = 6;
// Advisor rounds both amounts by themselves.
const NEAR = '0.99';

/** A recommendation of Advisor as a row; undefined where it names no saving or no currency. */
export function toRecommendation(
  { id, properties }: Advice,
  subscriptionId: string,
): RecommendationRow | undefined {
  const { extendedProperties: more, shortDescription, impactedField } = properties;
  const saving = monthlySaving(more);
  if (saving === undefined || more.savingsCurrency === undefined) return undefined;
  const ResourceId = properties.resourceMetadata.resourceId ?? resourceOf(id);
  const location = more.regionId ?? more.region ?? more.location;
  return {
    id: fingerprint([id.toLowerCase()]),
    ...adviceOf(properties),
    ResourceId,
    ResourceName: properties.impactedValue ?? parseResourceId(ResourceId).ResourceName,
    ResourceType: impactedField === '' ? parseResourceId(ResourceId).ResourceType : impactedField,
    RegionId: location === undefined ? null : regionFromAzureLocation(location),
    SubAccountId: subscriptionId,
    current: more.currentSku ?? null,
    ...saving,
    BillingCurrency: more.savingsCurrency,
    reasons: [shortDescription.problem, shortDescription.solution].filter(
      (text, i, all): text is string => text !== undefined && all.indexOf(text) === i,
    ),
    source: 'Azure Advisor',
    x_CpuMaxPercent: more.MaxCpuP95 ?? null,
    x_MemoryMaxPercent: more.MaxMemoryP95 ?? null,
  };
}

/** The resource that a recommendation's own id extends. */
const resourceOf = (id: string): string => id.split(/\/providers\/Microsoft\.Advisor\//i)[0] ?? id;

type Saving = Pick<RecommendationRow, 'MonthlySaving' | 'basis'>;

/**
 * The saving of a month. Advisor names it and that of a year; where the two do not belong together, the first is that of a
 * whole commitment, so that a twelfth of the year is taken.
 */
function monthlySaving({
  savingsAmount: monthly,
  annualSavingsAmount: annual,
  lookbackPeriod,
}: Advice['properties']['extendedProperties']): Saving | undefined {
  const days = lookbackPeriod === undefined ? 'recent days' : `the last ${lookbackPeriod} days`;
  const basis = `Advisor’s estimate from the use of ${days}`;
  if (monthly !== undefined && (annual === undefined || areOneSaving(monthly, annual))) {
    return { MonthlySaving: monthly, basis };
  }
  if (annual === undefined) return undefined;
  const { amount } = roundMoney(
    multiplyMoney({ amount: annual, currency: '' }, A_TWELFTH),
    MONTHLY_PLACES,
  );
  return {
    MonthlySaving: toDecimalString(amount),
    basis: `${basis}, a twelfth of a year’s saving`,
  };
}

function areOneSaving(monthly: string, annual: string): boolean {
  const times = (amount: string, factor: string) =>
    multiplyMoney({ amount, currency: '' }, factor).amount;
  const year = times(monthly, MONTHS);
  return (
    compareAmounts(times(year, NEAR), annual) <= 0 && compareAmounts(times(annual, NEAR), year) <= 0
  );
}

type Kind = Pick<RecommendationRow, 'category' | 'kind' | 'recommended' | 'risk'>;

function adviceOf({ extendedProperties: more, impactedField }: Advice['properties']): Kind {
  const type = impactedField.toLowerCase();
  const { targetSku, currentSku } = more;
  const term = more.term === undefined ? '' : ` for ${more.term}`;
  if (more.reservedResourceType !== undefined || more.term !== undefined) {
    return {
      category: 'commitment',
      kind: 'commit',
      recommended: `${more.displaySKU ?? more.reservedResourceType ?? 'a commitment'}${term}`,
      // It binds for years.
      risk: 'medium',
    };
  }
  if (isShutdown(more.recommendationType) || isShutdown(targetSku)) {
    return { category: 'idle', kind: 'shutdown', recommended: null, risk: 'high' };
  }
  if (targetSku !== undefined && targetSku !== currentSku) {
    return { category: 'rightsizing', kind: 'resize', recommended: targetSku, risk: 'medium' };
  }
  if (/^microsoft\.(storage\/|compute\/(disks|snapshots)|netapp\/)/.test(type)) {
    return { category: 'storage', kind: 'review', recommended: null, risk: 'medium' };
  }
  return { category: 'idle', kind: 'review', recommended: null, risk: 'high' };
}

const isShutdown = (text: string | undefined): boolean =>
  /^(shut ?down|stop|deallocate)/i.test(text ?? '');
