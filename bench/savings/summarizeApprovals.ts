import { INJECTED_SHARE, type SimulatedApproval } from './simulateApprovals.ts';

/** How well nothing is told from something; percent, or points of the expected cost. */
export interface ApprovalSummary {
  /** Placebos whose 90% interval covers zero, and those that say "saved" and "dearer" though nothing was done. */
  coverage: number;
  above: number;
  below: number;
  /** Recovered share of the injected saving minus the injected one: mean, median, and the median of its absolute value. */
  bias: number;
  medianBias: number;
  medianMiss: number;
  /** Median half width of the interval. */
  width: number;
  /** Injected savings that are called realised, and those called regressed. */
  seen: number;
  wrong: number;
}

/** Sums simulated approvals up. */
export function summarizeApprovals(all: readonly SimulatedApproval[]): ApprovalSummary {
  const share = (is: (one: SimulatedApproval) => boolean) =>
    (100 * all.filter(is).length) / all.length;
  const errors = all
    .filter(({ injected }) => Number(injected.expected.amount) > 0)
    .map(
      ({ injected }) =>
        100 * (Number(injected.saved.amount) / Number(injected.expected.amount) - INJECTED_SHARE),
    );
  return {
    coverage: share(
      ({ placebo }) => Number(placebo.lower.amount) <= 0 && Number(placebo.upper.amount) >= 0,
    ),
    above: share(({ placebo }) => placebo.verdict === 'realised'),
    below: share(({ placebo }) => placebo.verdict === 'regressed'),
    bias: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    medianBias: median(errors),
    medianMiss: median(errors.map(Math.abs)),
    width: median(
      all.map(
        ({ placebo: { upper, lower, expected } }) =>
          (50 * (Number(upper.amount) - Number(lower.amount))) / Number(expected.amount),
      ),
    ),
    seen: share(({ injected }) => injected.verdict === 'realised'),
    wrong: share(({ injected }) => injected.verdict === 'regressed'),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
