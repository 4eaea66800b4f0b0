import type { Schemas } from '../../client/api';
import { formatMoney } from '../../format/money';

/** What an action saved, without its days. */
export type Saving = Omit<Schemas['ActionSavingDetail'], 'days'>;

/** What came of it, in a few words. */
export function verdictWords({ verdict, final, endedBy, measuredDays }: Saving): string {
  if (endedBy === 'rolled_back') return 'Rolled back';
  if (endedBy === 'no_baseline') return 'Cannot be measured';
  const word = VERDICTS[verdict];
  return final ? word : `${word} so far, ${measuredDays} of 14 days`;
}

const VERDICTS: Record<Saving['verdict'], string> = {
  realised: 'Realised',
  regressed: 'Costs more',
  cannot_tell: 'Cannot tell',
};

/** Which costs were compared, and why these. */
export function basisWords({ basis, costsOf }: Saving): string {
  const names = costsOf.join(' and ');
  switch (basis) {
    case 'resource':
      return `Measured on the charges of ${names}.`;
    case 'usage_type':
      return `Measured on all ${names} of the account and region, because the provider’s bill names no resources.`;
    case 'api_key':
      return `Measured on the use of the API key ${names}.`;
    case 'project':
      return `Measured on the use of the project ${names}, because limits are the project’s.`;
  }
}

/** Why there is nothing to compare with; undefined where there is. */
export function noBaselineWords({ noBaseline }: Saving): string | undefined {
  return noBaseline === null ? undefined : REASONS[noBaseline];
}

const REASONS: Record<NonNullable<Saving['noBaseline']>, string> = {
  no_costs: 'Nothing was charged for it before the approval.',
  too_short: 'Less than a week of its costs was known at the approval.',
  credits: 'Credits weigh too much in its costs for a forecast.',
  several_currencies: 'It was charged in several currencies.',
};

/** An amount with its 90% interval. */
export function withInterval(
  amount: string,
  lower: string | null,
  upper: string | null,
  currency: string,
): string {
  const money = formatMoney(amount, currency);
  if (lower === null || upper === null) return money;
  return `${money} (${formatMoney(lower, currency)} to ${formatMoney(upper, currency)})`;
}
