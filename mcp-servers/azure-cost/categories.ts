type Table = Readonly<Record<string, string>>;

/**
 * FOCUS `ChargeCategory` by Cost Management's ChargeType. What a reservation or savings plan covered but nobody used is
 * usage, as amortised costs show it. Charge types that are not here have no category.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/automate/understand-usage-details-fields (ChargeType)
 * @see https://focus.finops.org/focus-specification/v1-2/ (ChargeCategory)
 */
export const chargeCategoryByChargeType = mapping({
  Usage: 'Usage',
  UnusedReservation: 'Usage',
  UnusedSavingsPlan: 'Usage',
  Purchase: 'Purchase',
  Tax: 'Tax',
  Refund: 'Credit',
  Credit: 'Credit',
  Adjustment: 'Adjustment',
  RoundingAdjustment: 'Adjustment',
});

/**
 * FOCUS `PricingCategory` by Cost Management's PricingModel.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/automate/understand-usage-details-fields (PricingModel)
 */
export const pricingCategoryByPricingModel = mapping({
  OnDemand: 'Standard',
  Spot: 'Dynamic',
  Reservation: 'Committed',
  SavingsPlan: 'Committed',
});

function mapping(table: Table) {
  // Some agreements write the values in lower case, and with a space.
  const squash = (value: string) => value.toLowerCase().replaceAll(' ', '');
  const byName = new Map(Object.entries(table).map(([from, to]) => [squash(from), to]));
  return {
    read: (value: string): string | null => byName.get(squash(value)) ?? null,
    write: (value: string): string[] =>
      Object.entries(table).flatMap(([from, to]) => (to === value ? [from] : [])),
  };
}
