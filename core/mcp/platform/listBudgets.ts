import { z } from 'zod';
import { BudgetPeriod } from '../../contracts/budget.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { field } from './field.ts';
import { ListEnvelope } from './listEnvelope.ts';
import { platformArgument } from './platformArgument.ts';

const Row = brief(
  z.object({
    budgetId: field.text('Id'),
    name: field.text('Name'),
    amount: field.amount('For one period'),
    BillingCurrency: field.text('ISO 4217'),
    period: BudgetPeriod.describe('month or quarter, in UTC'),
    filter: z.record(z.string(), z.string()).describe('Which costs count; empty: all'),
    enabled: field.flag('Whether it is watched'),
    periodStart: field.day('First day of the current period'),
    periodEnd: field.day('Last day of it, included'),
    actualToDate: field.amount('Spent in it so far'),
    percent: field.number('Spent, in percent of the amount'),
    forecast: z
      .object({
        expected: field.amount('Expected at the end'),
        lower: field.amount('Lower end of the 95% interval'),
        upper: field.amount('Upper end of it'),
      })
      .nullable()
      .describe('At the end of the period; null: nothing can be told'),
    otherCurrencies: field.number('Other currencies with costs that do not count'),
    warnings: z
      .array(
        z.object({
          basis: z.enum(['actual', 'forecast']).describe('What reached the fraction'),
          fraction: field.number('Part of the amount'),
          at: field.instant('When it was given'),
        }),
      )
      .describe('Given in this period, newest first'),
  }),
  'budgetId, name, amount, BillingCurrency, period, filter, enabled, periodStart, periodEnd, actualToDate, percent, forecast (expected, lower, upper), otherCurrencies, warnings',
);

/** Budgets and where they stand. */
export const listBudgetsContract = defineToolContract({
  name: 'list_budgets',
  title: 'List budgets',
  description:
    'Budgets and where they stand in their current month or quarter: spent to date, percent, forecast at the end with ' +
    'its interval, and the warnings given.',
  input: z.strictObject({ limit: platformArgument.limit, cursor: platformArgument.cursor }),
  output: z.object({ rows: z.array(Row).describe('By name'), ...ListEnvelope }),
});
