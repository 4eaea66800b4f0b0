const CATEGORIES: Readonly<Record<string, string>> = {
  OnDemand: 'Standard',
  Preemptible: 'Dynamic',
  Commit1Mo: 'Committed',
  Commit1Yr: 'Committed',
  Commit3Yr: 'Committed',
};

/**
 * FOCUS `PricingCategory` by the catalogue's `usageType`; undefined for one that is not known.
 *
 * @see https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list (Category)
 * @see https://focus.finops.org/focus-specification/v1-2/ (PricingCategory)
 */
export const pricingCategory = (usageType: string): string | undefined =>
  Object.hasOwn(CATEGORIES, usageType) ? CATEGORIES[usageType] : undefined;
