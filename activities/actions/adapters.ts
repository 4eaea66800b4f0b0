import type { ActionKind } from '../../core/contracts/action.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { ActionAdapter } from './actionAdapter.ts';
import type { Ec2For } from './ec2/createEc2For.ts';
import { createEc2Resize } from './ec2/resizeInstance.ts';
import type { LlmAdmins } from './llmKeys/createLlmAdmin.ts';
import { createAnthropicKeyLimit } from './llmKeys/limitAnthropicKey.ts';
import { createOpenAiKeyLimit } from './llmKeys/limitOpenAiKey.ts';

/** The clients of the providers: EC2 by region, the administrations of language models. */
export interface ProviderClients {
  ec2For: Ec2For;
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

/** Every kind of action at every provider that CostGuard carries out; a new one is a line here and a file. */
export function createAdapters(
  clients: ProviderClients,
): (action: Omit<ActionKey, 'connectionId'>) => ActionAdapter {
  const adapters: Partial<Record<`${Provider}/${ActionKind}`, ActionAdapter>> = {
    'aws/resize_instance': createEc2Resize(clients.ec2For),
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
