import { z } from 'zod';
import { brief, unlisted } from './brief.ts';
import { ExactDecimal } from './costRow.ts';
import { Metric } from './metric.ts';
import { defineToolContract } from './toolContract.ts';

/** Arguments of `describe_source`: none. */
export const DescribeSourceInput = z.strictObject({});

const DimensionInfo = brief(
  z.object({
    name: z.string().describe('Name'),
    groupBy: z.boolean().describe('Can be grouped by'),
    filter: z.boolean().describe('Can be filtered by'),
    derivedFrom: z.string().optional().describe('Dimension that it follows from'),
  }),
  'name; groupBy and filter: whether it can; derivedFrom?',
);

const ConnectionInfo = brief(
  z.object({
    connectionId: z.string().describe('Id'),
    label: z.string().describe('Name'),
    health: z.enum(['ok', 'failed', 'unknown']).describe('How the last call went'),
    error: z.string().optional().describe('Code of the last failure'),
    missingPermissions: z.array(z.string()).describe('Permissions found missing'),
    budgetLeft: z.int().nonnegative().describe('Paid requests left today'),
  }),
  'connectionId, label, health ok|failed|unknown, error?, missingPermissions, budgetLeft',
);

const MetricInfo = brief(
  z.object({
    name: Metric.describe('Name'),
    source: z.string().describe('Provider’s own name'),
  }),
  'name, source: the provider’s own name',
);

const GranularityInfo = brief(
  z.object({
    name: z.string().describe('Granularity'),
    retentionDays: z.int().positive().describe('Days back that can be asked'),
  }),
  'name, retentionDays that can be asked',
);

const Price = brief(
  z.object({
    usdPerRequest: ExactDecimal.describe('Price of a provider request'),
    requestsPerDay: z.int().describe('Daily budget of each connection'),
    requestsPerCall: z.int().describe('Budget of one tool call'),
    resetsAt: z.iso.datetime().describe('When the daily budget starts anew'),
  }),
  'usdPerRequest, budget in requestsPerDay and requestsPerCall, resetsAt',
);

/** Result of `describe_source`. */
export const DescribeSourceOutput = z.object({
  contractVersion: unlisted(z.string(), 'Version of the tools’ schemas'),
  provider: unlisted(z.string(), 'Provider'),
  connections: z.array(ConnectionInfo).describe('What this server can read'),
  dimensions: z.array(DimensionInfo).describe('For groupBy and filter'),
  metrics: z.array(MetricInfo).describe('Metrics it has; others are refused'),
  granularities: z.array(GranularityInfo).describe('Granularities it has'),
  restatementDays: unlisted(z.int(), 'Days after which amounts are taken as final'),
  limits: unlisted(z.record(z.string(), z.number()), 'Sizes and times, unit in the name'),
  price: Price,
  notes: brief(z.array(z.string()), 'What to know about this source'),
});

/** Result of `describe_source`. */
export type DescribeSourceOutput = z.infer<typeof DescribeSourceOutput>;

/** What a server can answer, with limits and price. */
export const describeSourceContract = defineToolContract({
  name: 'describe_source',
  title: 'Describe this cost source',
  description:
    'What this server can answer: connections and their health, dimensions, metrics, granularities, retention, limits, ' +
    'and the price and budget of provider requests. Free; call it first.',
  input: DescribeSourceInput,
  output: DescribeSourceOutput,
});
