/** A region's name as Resource Manager shows it, and as bills write it. */
const REGIONS: readonly (readonly [string, string])[] = [
  ['Australia Central', 'AU Central'],
  ['Australia Central 2', 'AU Central 2'],
  ['Australia East', 'AU East'],
  ['Australia Southeast', 'AU Southeast'],
  ['Brazil South', 'BR South'],
  ['Brazil Southeast', 'BR Southeast'],
  ['Canada Central', 'CA Central'],
  ['Canada East', 'CA East'],
  ['Central India', 'IN Central'],
  ['Central US', 'US Central'],
  ['East Asia', 'AP East'],
  ['East US', 'US East'],
  ['East US 2', 'US East 2'],
  ['France Central', 'FR Central'],
  ['France South', 'FR South'],
  ['Germany North', 'DE North'],
  ['Germany West Central', 'DE West Central'],
  ['Israel Central', 'IL Central'],
  ['Italy North', 'IT North'],
  ['Japan East', 'JA East'],
  ['Japan West', 'JA West'],
  ['Korea Central', 'KR Central'],
  ['Korea South', 'KR South'],
  ['Mexico Central', 'MX Central'],
  ['New Zealand North', 'NZ North'],
  ['North Central US', 'US North Central'],
  ['North Europe', 'EU North'],
  ['Norway East', 'NO East'],
  ['Norway West', 'NO West'],
  ['Poland Central', 'PL Central'],
  ['Qatar Central', 'QA Central'],
  ['South Africa North', 'ZA North'],
  ['South Africa West', 'ZA West'],
  ['South Central US', 'US South Central'],
  ['South India', 'IN South'],
  ['Southeast Asia', 'AP Southeast'],
  ['Spain Central', 'ES Central'],
  ['Sweden Central', 'SE Central'],
  ['Sweden South', 'SE South'],
  ['Switzerland North', 'CH North'],
  ['Switzerland West', 'CH West'],
  ['UAE Central', 'AE Central'],
  ['UAE North', 'AE North'],
  ['UK South', 'UK South'],
  ['UK West', 'UK West'],
  ['West Central US', 'US West Central'],
  ['West Europe', 'EU West'],
  ['West India', 'IN West'],
  ['West US', 'US West'],
  ['West US 2', 'US West 2'],
  ['West US 3', 'US West 3'],
];

// Charges without a place, or with one that is no region: zones of bandwidth prices, for instance.
const NO_REGION = ['Unassigned', 'Unknown', 'Global', 'Intercontinental', 'N/A', ''];
const NO_REGION_FORM = /^(?:zone\d*|.*intercontinental|azurestack)$/;

const squash = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');

const ID_BY_NAME: ReadonlyMap<string, string> = new Map(
  REGIONS.flatMap(([shown, billed]) => [
    [squash(shown), squash(shown)],
    [squash(billed), squash(shown)],
  ]),
);
const NO_REGION_NAMES: ReadonlySet<string> = new Set(NO_REGION.map(squash));

/**
 * The FOCUS `RegionId` of a location as Cost Management names it (dimension ResourceLocation): `westeurope` for `EU West`,
 * `West Europe` and `westeurope`. Null for charges without a region. A region that the table does not know keeps its name,
 * in lower case without spaces, which is how Azure makes ids of names.
 *
 * @see https://learn.microsoft.com/azure/reliability/regions-list
 */
export function regionFromAzureLocation(location: string): string | null {
  const name = squash(location);
  if (NO_REGION_NAMES.has(name) || NO_REGION_FORM.test(name)) return null;
  return ID_BY_NAME.get(name) ?? name;
}

/** Every name under which Cost Management may know a region; those of charges without one for an empty id. */
export function azureLocationNames(regionId: string): string[] {
  if (regionId === '') return NO_REGION;
  const known = REGIONS.find(([shown]) => squash(shown) === regionId);
  return [...new Set([regionId, ...(known ?? [])])];
}
