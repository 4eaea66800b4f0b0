/**
 * The numbers of the method that were chosen by measurement on the tuning half of bench/detection, in one place.
 * Scores are in standard errors, log effects in natural logarithms, lengths in days.
 */
export const TUNING = {
  /** Days of the level line and the age at which a day counts half. */
  lineDays: 84,
  lineHalfLife: 12,
  /** Pulls the slope to zero as that much evidence would. */
  slopeRidge: 1500,
  huber: 1.5,
  /** Surprises beyond that many standard errors are limited before they teach the level. */
  cleanLimit: 3,
  weekdayWeeks: 8,
  weekdayShrink: 0.35,
  sigmaMin: 0.01,
  tailDivisor: 2.4,
  spike: 4.3,
  drop: 4.6,
  youngFactor: 1.35,
  smallestStep: Math.log(1.11),
  smallestShift: Math.log(1.07),
  /** The 99% quantile of past scores that is normal; heavier tails raise the thresholds in proportion. */
  tailNormal: 3.2,
  runLimits: [4.9, 4.6, 4.5, 4.5],
  /** Every day of a run lies at least that far on its side. */
  runDayMin: 0.9,
  rebaseDays: 5,
  returnDays: 28,
  memoryRidge: 25,
  memoryDecay: 0.98,
  driftLimit: 4.5,
  driftStep: Math.log(1.13),
  driftHoldDays: 28,
  driftNoiseShare: 0.35,
  driftNoiseMin: 0.012,
  monthFirst: 2.5,
  monthAgain: 1.5,
};
