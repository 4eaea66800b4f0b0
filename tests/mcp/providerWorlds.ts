import { startAwsProviderWorld } from './awsProviderWorld.ts';
import { startAzureWorld } from './azure/azureWorld.ts';
import { startGcpWorld } from './gcp/gcpWorld.ts';
import { startAnthropicWorld, startOpenAiWorld } from './llm/providerWorlds.ts';
import type { ProviderWorld } from './providerWorld.ts';

/** How the counterpart of each provider's server is started; llm-tracker has two providers. */
export const PROVIDER_WORLDS: Readonly<Record<string, () => Promise<ProviderWorld>>> = {
  'aws-cost': startAwsProviderWorld,
  'gcp-billing': () => startGcpWorld(),
  'azure-cost': startAzureWorld,
  'llm-tracker of OpenAI': startOpenAiWorld,
  'llm-tracker of Anthropic': startAnthropicWorld,
};
