import type { Severity } from '../contracts/anomaly.ts';

/** How severe, 0 to 3. */
export const severityRank = (severity: Severity): number => RANK[severity];

const RANK = { low: 0, medium: 1, high: 2, critical: 3 } as const satisfies Record<
  Severity,
  number
>;
