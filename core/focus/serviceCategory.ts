/**
 * The values of FOCUS 1.2 `ServiceCategory`.
 *
 * @see https://focus.finops.org/focus-specification/v1-2/ (ServiceCategory, allowed values)
 */
export const SERVICE_CATEGORIES = [
  'AI and Machine Learning',
  'Analytics',
  'Business Applications',
  'Compute',
  'Databases',
  'Developer Tools',
  'Multicloud',
  'Identity',
  'Integration',
  'Internet of Things',
  'Management and Governance',
  'Media',
  'Migration',
  'Mobile',
  'Networking',
  'Security',
  'Storage',
  'Web',
  'Other',
] as const;

/** A value of FOCUS 1.2 `ServiceCategory`. */
export type ServiceCategory = (typeof SERVICE_CATEGORIES)[number];

/** A provider's services by category. */
export type ServicesByCategory = readonly (readonly [
  category: ServiceCategory,
  names: readonly string[],
])[];

/**
 * The category of each of a provider's services; `Other` for services that are not in the table. `normalise` makes
 * spellings of one name equal.
 */
export function serviceCategoryLookup(
  services: ServicesByCategory,
  normalise: (name: string) => string = (name) => name,
): (serviceName: string) => ServiceCategory {
  const byName = new Map(
    services.flatMap(([category, names]) =>
      names.map((name) => [normalise(name), category] as const),
    ),
  );
  return (serviceName) => byName.get(normalise(serviceName)) ?? 'Other';
}
