import { categoryMapping } from '../kit/costs/categoryMapping.ts';

/**
 * FOCUS `ChargeCategory` by Cost Explorer's RECORD_TYPE. Savings Plan negation is usage: it cancels the covered usage
 * that stands beside it. Record types that are not here have no category.
 *
 * @see https://docs.aws.amazon.com/cur/latest/userguide/Lineitem-columns.html (LineItemType)
 * @see https://focus.finops.org/focus-specification/v1-2/ (ChargeCategory)
 */
export const chargeCategoryByRecordType = categoryMapping({
  Usage: 'Usage',
  DiscountedUsage: 'Usage',
  SavingsPlanCoveredUsage: 'Usage',
  SavingsPlanNegation: 'Usage',
  RIFee: 'Purchase',
  Fee: 'Purchase',
  Recurring: 'Purchase',
  Upfront: 'Purchase',
  Support: 'Purchase',
  SavingsPlanRecurringFee: 'Purchase',
  SavingsPlanUpfrontFee: 'Purchase',
  Tax: 'Tax',
  Credit: 'Credit',
  Refund: 'Credit',
  Discount: 'Adjustment',
  BundledDiscount: 'Adjustment',
  EdpDiscount: 'Adjustment',
  PrivateRateDiscount: 'Adjustment',
  RiVolumeDiscount: 'Adjustment',
  'Distributor Discount': 'Adjustment',
  'Enterprise Discount Program Discount': 'Adjustment',
  'Solution Provider Program Discount': 'Adjustment',
});

/**
 * FOCUS `PricingCategory` by Cost Explorer's PURCHASE_TYPE.
 *
 * @see https://focus.finops.org/focus-specification/v1-2/ (PricingCategory)
 */
export const pricingCategoryByPurchaseType = categoryMapping({
  'On Demand Instances': 'Standard',
  'Spot Instances': 'Dynamic',
  'Standard Reserved Instances': 'Committed',
  'Convertible Reserved Instances': 'Committed',
  'Savings Plans': 'Committed',
});
