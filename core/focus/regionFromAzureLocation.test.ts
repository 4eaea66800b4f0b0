import { expect, test } from 'vitest';
import { azureLocationNames, regionFromAzureLocation } from './regionFromAzureLocation.ts';

test.each([
  ['EU West', 'westeurope'],
  ['West Europe', 'westeurope'],
  ['westeurope', 'westeurope'],
  ['US East 2', 'eastus2'],
  ['east us 2', 'eastus2'],
  ['AP Southeast', 'southeastasia'],
  ['Austria East', 'austriaeast'],
  ['Unassigned', null],
  ['global', null],
  ['Intercontinental', null],
  ['Zone 1', null],
  ['', null],
])('the location %s lies in %s', (location, region) => {
  expect(regionFromAzureLocation(location)).toBe(region);
});

test('every name of a region leads back to it', () => {
  for (const id of ['westeurope', 'eastus2', 'uksouth', 'austriaeast']) {
    expect(azureLocationNames(id)).toContain(id);
    for (const name of azureLocationNames(id)) expect(regionFromAzureLocation(name)).toBe(id);
  }
});

test('the names of no region lead to none', () => {
  for (const name of azureLocationNames('')) expect(regionFromAzureLocation(name)).toBeNull();
});
