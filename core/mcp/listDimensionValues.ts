import { z } from 'zod';
import { argument } from './arguments.ts';
import { brief } from './brief.ts';
import { checkFilter, CostFilter } from './costFilter.ts';
import { ExactDecimal } from './costRow.ts';
import { Dimension } from './dimension.ts';
import { CostEnvelope, PageEnvelope } from './envelope.ts';
import { Period } from './period.ts';
import { defineToolContract } from './toolContract.ts';

/** Arguments of `list_dimension_values`. */
export const ListDimensionValuesInput = z
  .strictObject({
    dimension: Dimension,
    period: Period,
    search: z.string().min(1).max(100).optional().describe('Part of the value, in any case'),
    filter: CostFilter,
    connectionIds: argument.connectionIds,
    limit: argument.limit,
    cursor: argument.cursor,
  })
  .superRefine(checkFilter);

/** Arguments of `list_dimension_values` with their defaults filled in. */
export type ListDimensionValuesInput = z.infer<typeof ListDimensionValuesInput>;

const DimensionValueRow = brief(
  z.object({
    value: z.string().nullable().describe('Value; null: charges without one'),
    BillingCurrency: z.string().describe('ISO 4217'),
    BilledCost: ExactDecimal.describe('Exact decimal'),
  }),
  'value (null: none), BilledCost, BillingCurrency',
);

/** A value of a dimension with what it cost. */
export type DimensionValueRow = z.infer<typeof DimensionValueRow>;

/** Result of `list_dimension_values`. */
export const ListDimensionValuesOutput = z.object({
  rows: z.array(DimensionValueRow).describe('Values, most expensive first'),
  ...PageEnvelope,
  ...CostEnvelope,
});

/** The values that a dimension had in a period, with their cost. */
export const listDimensionValuesContract = defineToolContract({
  name: 'list_dimension_values',
  title: 'List the values of a dimension',
  description:
    'Values that a dimension had in a period, such as service names, regions or tag values, most expensive first. Use ' +
    'it to find the exact spelling for a filter.',
  input: ListDimensionValuesInput,
  output: ListDimensionValuesOutput,
});
