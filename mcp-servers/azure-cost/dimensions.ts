import { azureServiceCategory } from '../../core/focus/azureServiceCategory.ts';
import {
  azureLocationNames,
  regionFromAzureLocation,
} from '../../core/focus/regionFromAzureLocation.ts';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { chargeCategoryByChargeType, pricingCategoryByPricingModel } from './categories.ts';

/** How a FOCUS dimension is asked of the Query API. */
export interface AzureDimension {
  /** Name of the dimension there. */
  name: string;
  /** The FOCUS value of a value there. */
  read: (value: string) => string | null;
  /** The values there of a FOCUS value; undefined where that cannot be told, so no filter. */
  write?: (value: string) => string[];
}

const same = {
  read: (value: string) => (value === '' ? null : value),
  write: (value: string) => [value],
};

/**
 * The FOCUS dimensions that the Query API has; `x_ResourceGroup` is Azure's own. SkuId is not among them: of what one pays
 * for it knows meters only.
 *
 * @see https://learn.microsoft.com/rest/api/cost-management/query/usage
 */
export const AZURE_DIMENSIONS: Readonly<Record<string, AzureDimension>> = {
  ServiceName: { name: 'ServiceName', ...same },
  ServiceCategory: { name: 'ServiceName', read: azureServiceCategory },
  RegionId: { name: 'ResourceLocation', read: regionFromAzureLocation, write: azureLocationNames },
  SubAccountId: { name: 'SubscriptionId', ...same },
  ResourceId: { name: 'ResourceId', ...same },
  ChargeCategory: { name: 'ChargeType', ...chargeCategoryByChargeType },
  PricingCategory: { name: 'PricingModel', ...pricingCategoryByPricingModel },
  SkuMeter: { name: 'Meter', ...same },
  x_ResourceGroup: { name: 'ResourceGroupName', ...same },
};

/** What the Query API is grouped by. */
export interface AzureGrouping {
  type: 'Dimension' | 'TagKey';
  name: string;
}

/** The grouping for one dimension; undefined when the Query API has none for it. */
export function findGrouping(dimension: string): AzureGrouping | undefined {
  const tag = findTagKey(dimension);
  if (tag !== undefined) return { type: 'TagKey', name: tag };
  const known = AZURE_DIMENSIONS[dimension];
  return known && { type: 'Dimension', name: known.name };
}
