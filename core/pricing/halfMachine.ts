import type { Provider } from '../contracts/scalars.ts';
import { halfSize } from './halfSize.ts';
import { machineSize } from './machineSize.ts';

/**
 * The type of the same family with half the size; undefined where the name of that size cannot be told, or where it would
 * have fewer than two vCPUs, which most families do not offer. Whether the family has it is for the provider to say.
 */
export function halfMachine(provider: Provider, instanceType: string): string | undefined {
  if (provider === 'aws') return halfSize(instanceType);
  const size = Number(machineSize(provider, instanceType)?.factor ?? 0);
  if (size < 4 || size % 2 !== 0) return undefined;
  // The size is the only number of this length that stands where a size does: see machineSize.ts.
  return provider === 'gcp'
    ? instanceType.replace(/\d+$/, String(size / 2))
    : instanceType.replace(/^(Standard_[A-Z]+)\d+/i, `$1${size / 2}`);
}
