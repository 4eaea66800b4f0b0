import { z } from 'zod';
import { brief } from './brief.ts';

/** An exact decimal number as text; no exponent, never a binary float. */
export const ExactDecimal = z.string().regex(/^-?\d+(\.\d+)?$/);

const column = (description: string) => z.string().nullable().optional().describe(description);
const amount = (description: string) => ExactDecimal.optional().describe(description);

/**
 * Charges of one period with the same grouped values, as FOCUS 1.2 columns; of the columns that a call can group by, only
 * the grouped ones are present, those that follow from them (`derivedColumns` of the result), and those that the filter
 * holds to one value. `null` means that the provider names none. Columns that FOCUS does not have begin with `x_`.
 */
export const CostRow = brief(
  z.looseObject({
    ChargePeriodStart: z.iso.datetime().describe('UTC, included'),
    ChargePeriodEnd: z.iso.datetime().describe('UTC, excluded'),
    ProviderName: z.string().describe('Provider'),
    BillingCurrency: z.string().describe('ISO 4217'),
    BillingAccountId: column('Payer'),
    SubAccountId: column('Account'),
    SubAccountName: column('Account name'),
    ServiceName: column('Service'),
    ServiceCategory: column('FOCUS category'),
    RegionId: column('Region; null is global or unknown'),
    ResourceId: column('Resource'),
    ChargeCategory: column('Usage, Purchase, Tax, Credit or Adjustment'),
    PricingCategory: column('Standard, Dynamic, Committed or Other'),
    SkuId: column('SKU'),
    SkuMeter: column('What is metered; on AWS the usage type'),
    Tags: z.record(z.string(), z.string().nullable()).optional().describe('Grouped tags'),
    BilledCost: amount('Exact decimal'),
    EffectiveCost: amount('Exact decimal'),
    ListCost: amount('Exact decimal'),
    ContractedCost: amount('Exact decimal'),
    ConsumedQuantity: amount('Exact decimal'),
    ConsumedUnit: column('Unit of ConsumedQuantity'),
    x_Estimated: z.boolean().optional().describe('The provider may still restate it'),
  }),
  'FOCUS 1.2 columns: ChargePeriodStart, ChargePeriodEnd (UTC, excluded), ProviderName, BillingCurrency, the grouped ones, and metrics as exact decimals; x_Estimated: may be restated',
);

/** Charges of one period with the same grouped values. */
export type CostRow = z.infer<typeof CostRow>;

/** What some rows come to in one currency; quantities are never summed, their units differ. */
export const CostSum = brief(
  z.object({
    BillingCurrency: z.string().describe('ISO 4217'),
    count: z.int().nonnegative().describe('Rows'),
    BilledCost: amount('Exact decimal'),
    EffectiveCost: amount('Exact decimal'),
    ListCost: amount('Exact decimal'),
    ContractedCost: amount('Exact decimal'),
  }),
  'BillingCurrency, count of rows, cost metrics',
);

/** What some rows come to in one currency. */
export type CostSum = z.infer<typeof CostSum>;
