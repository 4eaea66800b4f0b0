import { metricMeter } from '@temporalio/workflow';

/** What workflows count, and what each number is of. A replay counts nothing a second time. */
const COUNTERS = {
  costguard_action_moves: 'Moves of actions, by the status that they came to',
  costguard_polls: 'Polls that came to an end',
  costguard_poll_rows: 'Rows that polls stored',
  costguard_findings: 'Findings that polls reported',
  costguard_proposals: 'Actions that polls proposed',
  costguard_messages: 'Messages that came to an end',
} as const;

/**
 * Adds to a counter of the worker's metrics. Tags come from closed sets, since each combination is a series: no ids.
 *
 * @param by how much; default 1
 */
export function count(name: keyof typeof COUNTERS, tags: Record<string, string>, by = 1): void {
  metricMeter.createCounter(name, undefined, COUNTERS[name]).add(by, tags);
}
