import { categoryMapping } from '../kit/costs/categoryMapping.ts';

// Some agreements write the values in lower case, and with a space.
const squash = (value: string): string => value.toLowerCase().replaceAll(' ', '');

/**
 * FOCUS `ChargeCategory` by Cost Management's ChargeType. What a reservation or savings plan covered but nobody used is
 * usage, as amortised costs show it. Charge types that are not here have no category.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/automate/understand-usage-details-fields (ChargeType)
 * @see https://focus.finops.org/focus-specification/v1-2/ (ChargeCategory)
 */
export const chargeCategoryByChargeType = categoryMapping(
  {
    Usage: 'Usage',
    UnusedReservation: 'Usage',
    UnusedSavingsPlan: 'Usage',
    Purchase: 'Purchase',
    Tax: 'Tax',
    Refund: 'Credit',
    Credit: 'Credit',
    Adjustment: 'Adjustment',
    RoundingAdjustment: 'Adjustment',
  },
  squash,
);

/**
 * FOCUS `PricingCategory` by Cost Management's PricingModel.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/automate/understand-usage-details-fields (PricingModel)
 */
export const pricingCategoryByPricingModel = categoryMapping(
  {
    OnDemand: 'Standard',
    Spot: 'Dynamic',
    Reservation: 'Committed',
    SavingsPlan: 'Committed',
  },
  squash,
);
