import type { Schemas } from '../../client/api';

/** What can be proposed for machines and disks. */
export type MachineKind = Exclude<Schemas['ActionKind'], 'limit_api_key'>;

/** The kinds, in the order of how often they are wanted. */
export const MACHINE_KINDS: Readonly<Record<MachineKind, string>> = {
  resize_instance: 'Resize a machine',
  stop_instance: 'Stop a machine',
  start_instance: 'Start a machine',
  delete_volume: 'Delete a disk, after a snapshot',
};

/** How a resource is named at each cloud. */
export interface Naming {
  machine: string;
  disk: string;
  type: string;
}

/** Examples for each cloud; undefined for providers without machines. */
export function namingOf(provider: Schemas['Provider']): Naming | undefined {
  switch (provider) {
    case 'aws':
      return { machine: 'i-0123456789abcdef0', disk: 'vol-0123456789abcdef0', type: 'm5.large' };
    case 'gcp':
      return {
        machine: 'projects/shop/zones/us-central1-a/instances/web-1',
        disk: 'projects/shop/zones/us-central1-a/disks/data-1',
        type: 'e2-standard-4',
      };
    case 'azure':
      return {
        machine: '/subscriptions/…/providers/Microsoft.Compute/virtualMachines/web-1',
        disk: '/subscriptions/…/providers/Microsoft.Compute/disks/data-1',
        type: 'Standard_D4s_v5',
      };
    case 'openai':
    case 'anthropic':
      return undefined;
  }
}
