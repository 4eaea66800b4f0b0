import type { ServerDefinition } from '../createServerFactory.ts';
import { createCursorSeal } from '../cursor.ts';
import { createCompareCosts } from './compareCosts.ts';
import { costResources } from './costResources.ts';
import type { CostSource } from './costSource.ts';
import { createDescribeSource } from './describeSource.ts';
import { explainSpike } from './explainSpike.ts';
import { createGetResourceCosts } from './getResourceCosts.ts';
import { createListAccounts } from './listAccounts.ts';
import { createListDimensionValues } from './listDimensionValues.ts';
import { createListProviderAnomalies } from './listProviderAnomalies.ts';
import { createListRecommendations } from './listRecommendations.ts';
import { monthlyReview } from './monthlyReview.ts';
import { createQueryCosts } from './queryCosts.ts';

/** A provider's server: its names, how a model should use it, and its source. */
export interface CostServer extends Pick<ServerDefinition, 'name' | 'title' | 'instructions'> {
  source: CostSource;
  now: () => Date;
}

const VERSION = '0.2.0';

/**
 * The MCP server of a provider: the same eight read-only tools, prompts and resources for every one, for stdio and HTTP
 * alike.
 */
export function defineCostServer({ source, now, ...about }: CostServer): ServerDefinition {
  const seal = createCursorSeal(now);
  return {
    ...about,
    version: VERSION,
    tools: [
      createDescribeSource(source),
      createListAccounts(source, seal),
      createListDimensionValues(source, seal),
      createQueryCosts(source, seal),
      createCompareCosts(source),
      createGetResourceCosts(source),
      createListProviderAnomalies(source, seal),
      createListRecommendations(source, seal),
    ],
    prompts: [explainSpike, monthlyReview],
    resources: costResources(source, about.name.replace(/-server$/, '')),
  };
}
