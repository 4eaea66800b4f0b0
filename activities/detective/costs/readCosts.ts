import type { Provider } from '../../../core/contracts/scalars.ts';
import type { CostReader } from './costReading.ts';
import { readAwsCosts } from './readAwsCosts.ts';
import { readAzureCosts } from './readAzureCosts.ts';
import { readGcpCosts } from './readGcpCosts.ts';
import { readLlmCosts } from './readLlmCosts.ts';

const READERS: Readonly<Record<Provider, CostReader>> = {
  aws: readAwsCosts,
  gcp: readGcpCosts,
  azure: readAzureCosts,
  openai: readLlmCosts,
  anthropic: readLlmCosts,
};

/**
 * Reads the costs of a period as the provider's MCP server tells them, at the finest grain that its API gives.
 *
 * @throws CostGuardError with the code of the tool's error, or `provider_answer_invalid` for what cannot be stored
 */
export const readCosts: CostReader = (reading) => READERS[reading.provider](reading);
