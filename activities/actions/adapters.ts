import type { ActionKind } from '../../core/contracts/action.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { ActionAdapter } from './actionAdapter.ts';
import { createAzureMachines } from './azureVm/azureMachines.ts';
import { createAzureVolumes } from './azureVm/azureVolumes.ts';
import type { Azure } from './azureVm/createAzure.ts';
import type { MachineCloud, VolumeCloud } from './compute/computeCloud.ts';
import type { Ec2For } from './ec2/createEc2For.ts';
import { createEc2Machines } from './ec2/machines.ts';
import { createEc2Volumes } from './ec2/volumes.ts';
import type { Gce } from './gce/createGce.ts';
import { createGceMachines } from './gce/gceMachines.ts';
import { createGceVolumes } from './gce/gceVolumes.ts';
import { createMachineAdapter } from './kinds/changeMachine.ts';
import { createVolumeAdapter } from './kinds/deleteVolume.ts';
import type { LlmAdmins } from './llmKeys/createLlmAdmin.ts';
import { createAnthropicKeyLimit } from './llmKeys/limitAnthropicKey.ts';
import { createOpenAiKeyLimit } from './llmKeys/limitOpenAiKey.ts';

/** The clients of the providers: EC2 by region, Compute Engine, Azure, the administrations of language models. */
export interface ProviderClients {
  ec2For: Ec2For;
  gce: Gce;
  azureVm: Azure;
  llmAdmins: LlmAdmins;
}

/** What an adapter is chosen by. */
interface ActionKey {
  kind: ActionKind;
  provider: Provider;
  connectionId: string;
}

/**
 * Finds the adapter for a kind of action at a provider, with the connection's credential.
 *
 * @throws CostGuardError `unsupported` where there is none, `api_unavailable` where the credential cannot be had
 */
export type AdapterFor = (action: ActionKey) => ActionAdapter | Promise<ActionAdapter>;

/**
 * Every kind of action at every provider that CostGuard carries out. Kinds are written once over the ports of a cloud, so
 * that a new kind is a file and a line here for all clouds, and a new cloud is a folder and a line here for all kinds.
 */
export function createAdapters(
  clients: ProviderClients,
): (action: Omit<ActionKey, 'connectionId'>) => ActionAdapter {
  const { ec2For, gce, azureVm } = clients;
  const adapters: Partial<Record<`${Provider}/${ActionKind}`, ActionAdapter>> = {
    ...cloudAdapters('aws', createEc2Machines(ec2For), createEc2Volumes(ec2For)),
    ...cloudAdapters('gcp', createGceMachines(gce), createGceVolumes(gce)),
    ...cloudAdapters('azure', createAzureMachines(azureVm), createAzureVolumes(azureVm)),
    'anthropic/limit_api_key': createAnthropicKeyLimit(clients.llmAdmins.anthropic),
    'openai/limit_api_key': createOpenAiKeyLimit(clients.llmAdmins.openai),
  };
  return ({ kind, provider }) => {
    const adapter = adapters[`${provider}/${kind}`];
    if (adapter !== undefined) return adapter;
    throw new CostGuardError(
      'unsupported',
      `CostGuard cannot carry out ${kind} on ${provider} yet.`,
    );
  };
}

function cloudAdapters(
  provider: Provider,
  machines: MachineCloud,
  volumes: VolumeCloud,
): Partial<Record<`${Provider}/${ActionKind}`, ActionAdapter>> {
  return {
    [`${provider}/resize_instance`]: createMachineAdapter(machines, 'resize_instance'),
    [`${provider}/stop_instance`]: createMachineAdapter(machines, 'stop_instance'),
    [`${provider}/start_instance`]: createMachineAdapter(machines, 'start_instance'),
    [`${provider}/delete_volume`]: createVolumeAdapter(volumes),
  };
}
