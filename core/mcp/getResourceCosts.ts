import { z } from 'zod';
import { argument } from './arguments.ts';
import { brief } from './brief.ts';
import { checkFilter, CostFilter } from './costFilter.ts';
import { ExactDecimal } from './costRow.ts';
import { CostEnvelope } from './envelope.ts';
import { Period } from './period.ts';
import { defineToolContract } from './toolContract.ts';

const TOP_MAX = 200;
const TOP_DEFAULT = 20;

/** Arguments of `get_resource_costs`. */
export const GetResourceCostsInput = z
  .strictObject({
    period: Period,
    filter: CostFilter,
    connectionIds: argument.connectionIds,
    topN: z.int().min(1).max(TOP_MAX).default(TOP_DEFAULT).describe('Resources shown'),
  })
  .superRefine(checkFilter)
  .refine(({ filter }) => filter !== undefined && namesOwner(filter), {
    path: ['filter'],
    message: 'must name a ServiceName or a SubAccountId with in, alone or inside and',
  });

/** Arguments of `get_resource_costs` with their defaults filled in. */
export type GetResourceCostsInput = z.infer<typeof GetResourceCostsInput>;

const OWNERS = ['ServiceName', 'SubAccountId'];

function namesOwner({ and, dimension, in: values }: CostFilter): boolean {
  if (and) return and.some(namesOwner);
  return values !== undefined && OWNERS.includes(dimension ?? '');
}

const text = (description: string) => z.string().nullable().describe(description);

const ResourceRow = brief(
  z.looseObject({
    ResourceId: text('Resource; null: charges of none'),
    ResourceName: text('Name, where the provider tells it'),
    ResourceType: text('Type, where the provider tells it'),
    Tags: z.record(z.string(), z.string()).describe('Tags, where the provider tells them'),
    BillingCurrency: z.string().describe('ISO 4217'),
    BilledCost: ExactDecimal.describe('Exact decimal'),
  }),
  'ResourceId (null: none), ResourceName?, ResourceType?, Tags, BilledCost, BillingCurrency, columns that the filter fixes',
);

/** A resource with what it cost. */
export type ResourceRow = z.infer<typeof ResourceRow>;

/** Result of `get_resource_costs`. */
export const GetResourceCostsOutput = z.object({
  rows: z.array(ResourceRow).describe('Resources, most expensive first'),
  ...CostEnvelope,
});

/** Costs of single resources. */
export const getResourceCostsContract = defineToolContract({
  name: 'get_resource_costs',
  title: 'Get costs of resources',
  description:
    'The most expensive resources of a service or account, such as instances. The filter must name a ServiceName or a ' +
    'SubAccountId. Providers keep this for a short time: see the limits in describe_source.',
  input: GetResourceCostsInput,
  output: GetResourceCostsOutput,
});
