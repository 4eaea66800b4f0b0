import { startAwsProviderWorld } from './awsProviderWorld.ts';
import type { ProviderWorld } from './providerWorld.ts';

/** How the counterpart of each provider's server is started; llm-tracker has two providers. */
export const PROVIDER_WORLDS: Readonly<Record<string, () => Promise<ProviderWorld>>> = {
  'aws-cost': startAwsProviderWorld,
};
