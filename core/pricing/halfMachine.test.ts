import { expect, it } from 'vitest';
import { halfMachine } from './halfMachine.ts';
import { machineSize } from './machineSize.ts';

it.each([
  ['aws', 'm5.xlarge', 'm5.large'],
  ['gcp', 'e2-standard-8', 'e2-standard-4'],
  ['gcp', 'n2-highmem-32', 'n2-highmem-16'],
  ['azure', 'Standard_D4s_v5', 'Standard_D2s_v5'],
  ['azure', 'standard_e16as_v5', 'standard_e8as_v5'],
] as const)('at %s half of %s is %s', (provider, type, half) => {
  expect(halfMachine(provider, type)).toBe(half);
  const [whole, part] = [machineSize(provider, type), machineSize(provider, half)];
  expect(part?.family).toBe(whole?.family);
  expect(Number(part?.factor) * 2).toBe(Number(whole?.factor));
});

it.each([
  ['gcp', 'e2-standard-2'],
  ['gcp', 'e2-micro'],
  ['gcp', 'n2-custom-4-8192'],
  ['azure', 'Standard_B4ms'],
  ['azure', 'Standard_D2s_v5'],
  ['openai', 'm5.xlarge'],
] as const)('at %s there is no half of %s', (provider, type) => {
  expect(halfMachine(provider, type)).toBeUndefined();
});
