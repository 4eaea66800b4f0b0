import type { Metric } from '../../../core/mcp/metric.ts';
import type { SourceProfile } from './costSource.ts';

/** The metrics of a provider's table, each with the provider's own name, as `describe_source` tells them. */
export const describeMetrics = (
  table: Readonly<Partial<Record<Metric, string>>>,
): SourceProfile['metrics'] =>
  (Object.entries(table) as [Metric, string][]).map(([name, source]) => ({ name, source }));
