import type { GroupDefinition } from '@aws-sdk/client-cost-explorer';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { awsServiceCategory } from '../../core/focus/awsServiceCategory.ts';
import { chargeCategoryByRecordType, pricingCategoryByPurchaseType } from './categories.ts';

/** The Cost Explorer dimensions that FOCUS columns are read from. */
type CeDimension =
  | 'SERVICE'
  | 'REGION'
  | 'LINKED_ACCOUNT'
  | 'USAGE_TYPE'
  | 'RECORD_TYPE'
  | 'PURCHASE_TYPE'
  | 'RESOURCE_ID';

/** How a FOCUS dimension is asked of Cost Explorer. */
export interface AwsDimension {
  ce: CeDimension;
  /** The FOCUS value of a Cost Explorer value. */
  read: (value: string) => string | null;
  /** The Cost Explorer values of a FOCUS value; undefined where that cannot be told, so no filter. */
  write?: (value: string) => string[];
}

const same = { read: (value: string) => value, write: (value: string) => [value] };
// What Cost Explorer writes for charges without a region.
const NO_REGION = ['NoRegion', 'global'];

/**
 * The FOCUS dimensions that Cost Explorer has. ResourceId is not among them: Cost Explorer tells resources only in an
 * operation of its own; nor is SkuId, which it does not know.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GroupDefinition.html
 */
export const AWS_DIMENSIONS: Readonly<Record<string, AwsDimension>> = {
  ServiceName: { ce: 'SERVICE', ...same },
  ServiceCategory: { ce: 'SERVICE', read: awsServiceCategory },
  RegionId: {
    ce: 'REGION',
    read: (value) => (NO_REGION.includes(value) || value === '' ? null : value),
    write: (value) => (value === '' ? NO_REGION : [value]),
  },
  SubAccountId: { ce: 'LINKED_ACCOUNT', ...same },
  SkuMeter: { ce: 'USAGE_TYPE', ...same },
  ChargeCategory: { ce: 'RECORD_TYPE', ...chargeCategoryByRecordType },
  PricingCategory: { ce: 'PURCHASE_TYPE', ...pricingCategoryByPurchaseType },
};

// Only GetCostAndUsageWithResources knows it, so `query_costs` does not offer it.
const RESOURCE: AwsDimension = {
  ce: 'RESOURCE_ID',
  read: (value) => (value === 'NoResourceId' || value === '' ? null : value),
};

/** How a dimension is asked of Cost Explorer; undefined when it has none for it, as for tags. */
export const findAwsDimension = (dimension: string): AwsDimension | undefined =>
  dimension === 'ResourceId' ? RESOURCE : AWS_DIMENSIONS[dimension];

/** What Cost Explorer has to be grouped by for one dimension; undefined when it has none for it. */
export function findGroupDefinition(dimension: string): GroupDefinition | undefined {
  const tag = findTagKey(dimension);
  if (tag !== undefined) return { Type: 'TAG', Key: tag };
  const known = findAwsDimension(dimension);
  return known && { Type: 'DIMENSION', Key: known.ce };
}
