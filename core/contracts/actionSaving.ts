import { z } from 'zod';
import { Currency, Day, DecimalText, MoneyContract } from './scalars.ts';

/** What came of an action: cheaper than expected, dearer, or within what chance does. */
export const SavingVerdict = z
  .enum(['realised', 'regressed', 'cannot_tell'])
  .meta({ id: 'SavingVerdict' });

/** Which costs were compared. */
export const SavingBasis = z.enum(['resource', 'usage_type', 'api_key', 'project']).meta({
  id: 'SavingBasis',
  description:
    'resource: the charges that name it; usage_type: all hours of these types in the account and region, where the provider names no resources; api_key and project: use of language models',
});

/** Which costs were compared. */
export type SavingBasis = z.infer<typeof SavingBasis>;

/** Why measuring ended. */
export const SavingEnd = z
  .enum(['measured', 'no_baseline', 'data_missing', 'rolled_back'])
  .meta({ id: 'SavingEnd' });

/** Why measuring ended. */
export type SavingEnd = z.infer<typeof SavingEnd>;

/** Why there was no forecast to compare with. */
export const NoBaselineReason = z
  .enum(['no_costs', 'too_short', 'credits', 'several_currencies'])
  .meta({ id: 'NoBaselineReason' });

/** What an action saved, against what was forecast when it was approved. */
export const ActionSaving = z.object({
  basis: SavingBasis,
  costsOf: z.array(z.string()).meta({
    description: 'The ids or usage types whose costs were compared',
    example: ['BoxUsage:m5.xlarge', 'BoxUsage:m5.large'],
  }),
  currency: Currency.nullable(),
  promisedMonthly: MoneyContract.nullable().meta({ description: 'What the plan promised' }),
  measuredDays: z.int().min(0).max(14),
  measuredUntil: Day.nullable(),
  expected: DecimalText.nullable().meta({ description: 'Forecast of the measured days' }),
  actual: DecimalText.nullable(),
  saved: DecimalText.nullable().meta({ description: 'expected minus actual' }),
  lower: DecimalText.nullable().meta({ description: 'Lower end of the 90% interval of saved' }),
  upper: DecimalText.nullable(),
  monthlySaved: DecimalText.nullable().meta({
    description:
      'saved, scaled from the measured days to a month of 365/12 days; null before any was measured',
  }),
  monthlyLower: DecimalText.nullable(),
  monthlyUpper: DecimalText.nullable(),
  verdict: SavingVerdict,
  final: z.boolean().meta({ description: 'false while it is still being measured' }),
  endedBy: SavingEnd.nullable(),
  noBaseline: NoBaselineReason.nullable(),
  historyDays: z.int().nullable().meta({ description: 'Days that the forecast was made from' }),
});

/** What an action saved. */
export type ActionSaving = z.infer<typeof ActionSaving>;

/** One measured day. */
export const SavingDay = z
  .object({
    date: Day,
    expected: DecimalText,
    lower: DecimalText,
    upper: DecimalText,
    actual: DecimalText,
  })
  .meta({ id: 'SavingDay' });

/** What an action saved, day by day. */
export const ActionSavingDetail = ActionSaving.extend({ days: z.array(SavingDay) }).meta({
  id: 'ActionSavingDetail',
});

/** What an action saved, day by day. */
export type ActionSavingDetail = z.infer<typeof ActionSavingDetail>;
