import { expect, it } from 'vitest';
import { machineSize } from './machineSize.ts';

it.each([
  ['aws', 'm5.xlarge', 'm5', '8'],
  ['gcp', 'e2-standard-4', 'e2-standard#', '4'],
  ['gcp', 'n2-highmem-32', 'n2-highmem#', '32'],
  ['azure', 'Standard_D4s_v5', 'standard_d#s_v5', '4'],
  ['azure', 'Standard_E16as_v5', 'standard_e#as_v5', '16'],
  ['azure', 'standard_f8s_v2', 'standard_f#s_v2', '8'],
] as const)('%s %s is of the family %s and the size %s', (provider, type, family, factor) => {
  expect(machineSize(provider, type)).toEqual({ family, factor });
});

it.each([
  ['gcp', 'e2-micro'],
  ['gcp', 'n2-custom-4-8192'],
  ['gcp', 'c3-standard-4-lssd'],
  ['azure', 'Standard_B2s'],
  ['azure', 'Standard_E4-2s_v5'],
  ['azure', 'Standard_NC4as_T4_v3'],
  ['openai', 'm5.large'],
] as const)('%s %s tells no size that a price could follow', (provider, type) => {
  expect(machineSize(provider, type)).toBeUndefined();
});
