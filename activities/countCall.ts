import { metricMeter } from '@temporalio/activity';

/** What activities count, and what each number is of. */
const COUNTERS = {
  costguard_provider_calls:
    'Requests of the action worker to providers, reads and dry runs included',
  costguard_mcp_calls: 'Calls of tools of MCP servers',
} as const;

/**
 * Counts a call that an activity made in the worker's metrics. Tags come from closed sets, since each combination is a
 * series: no ids, no addresses.
 */
export function countCall(name: keyof typeof COUNTERS, tags: Record<string, string>): void {
  metricMeter.createCounter(name, undefined, COUNTERS[name]).add(1, tags);
}
