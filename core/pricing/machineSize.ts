import type { Provider } from '../contracts/scalars.ts';
import { sizeFactor } from './sizeFactor.ts';

/**
 * The family of a machine type and its size within it as a decimal string: within one family the on-demand price is
 * proportional to the size. undefined where it is not, or where the name does not tell.
 *
 * EC2: AWS's normalisation factors. Google: predefined types of one series and class, whose price is that of their vCPUs
 * and memory, both linear in the number that ends the name. Azure: sizes that differ in their number of vCPUs only;
 * not the B series, whose prices are not linear, and no constrained sizes (`-2`), which cost as much as the whole.
 *
 * @see sizeFactor.ts
 * @see https://cloud.google.com/compute/vm-instance-pricing
 * @see https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
 */
export function machineSize(
  provider: Provider,
  instanceType: string,
): { family: string; factor: string } | undefined {
  switch (provider) {
    case 'aws':
      return sizeFactor(instanceType);
    case 'gcp':
      return sizeOf(/^([a-z]\w*-(?:standard|highmem|highcpu))-(\d{1,3})()$/, instanceType);
    case 'azure':
      return sizeOf(/^(Standard_(?!B\d)[A-Z]{1,3})(\d{1,3})([a-z]*(?:_v\d)?)$/i, instanceType);
    case 'openai':
    case 'anthropic':
      return undefined;
  }
}

function sizeOf(pattern: RegExp, name: string): { family: string; factor: string } | undefined {
  const [, before = '', factor, after = ''] = pattern.exec(name) ?? [];
  return factor === undefined ? undefined : { family: `${before}#${after}`.toLowerCase(), factor };
}
