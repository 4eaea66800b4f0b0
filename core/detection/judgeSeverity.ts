import type { Detection } from './series.ts';

/** How much a finding matters. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

const ORDER = ['low', 'medium', 'high', 'critical'] as const;

/**
 * Severity from money first: the impact a day and its share of what was expected, in the series' currency at face value.
 * Surprise only breaks ties: a finding near the next step is raised to it when it is extreme (beyond 10 standard errors).
 */
export function judgeSeverity(
  detection: Pick<Detection, 'impact' | 'expected' | 'score'>,
): Severity {
  const impact = Math.abs(detection.impact);
  const share = detection.expected > 0 ? impact / detection.expected : 1;
  const nudge = Math.abs(detection.score) > 10 ? 1.25 : 1;
  return ORDER[rank(impact * nudge, share)] ?? 'low';
}

function rank(impact: number, share: number): number {
  if (impact >= 1000 || (impact >= 250 && share >= 1)) return 3;
  if (impact >= 200 || (impact >= 60 && share >= 0.5)) return 2;
  return impact >= 40 || (impact >= 12 && share >= 0.3) ? 1 : 0;
}
