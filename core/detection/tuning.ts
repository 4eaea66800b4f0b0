/**
 * The numbers of the method that were chosen by measurement on the tuning half of bench/detection, in one place.
 * Scores are in standard errors, log effects in natural logarithms, lengths in days.
 */
export const TUNING = {
  /** Days of the level line and the age at which a day counts half. */
  lineDays: 50,
  lineHalfLife: 12,
  /** Pulls the slope to zero as that much evidence would. */
  slopeRidge: 2500,
  /** The same for the line that is drawn out over weeks. */
  longRidge: 4000,
  huber: 1.2,
  passes: 1,
  /** Surprises beyond that many standard errors are limited before they teach the level. */
  cleanLimit: 3,
  /** One surprise counts as at most that many standard errors of noise. */
  surpriseLimit: 8,
  noiseLimit: 3,
  weekdayWeeks: 16,
  weekdayShrink: 2,
  weekendShrink: 3,
  /** Share of the weeks that is left out at each end before the mean is taken. */
  weekdayTrim: 0.25,
  /** Two first weeks that lie farther apart, in standard errors, do not make a mean: the smaller effect counts. */
  weekdayOdd: 5,
  /** Weeks after which a weekday's charges can be called regular. */
  regularWeeks: 3,
  /** A service is new again after so many of its usual gaps without a charge. */
  dormantGaps: 4,
  sigmaMin: 0.01,
  /** What the prior of the noise weighs, in days, as a power of the ratio. */
  priorDays: 3,
  /** Which error from the top measures the tail of the noise, and how far it is discounted. */
  noiseTailShare: 0.03,
  noiseTailSpared: 1,
  tailDivisor: 0.89,
  spike: 4.35,
  drop: 5.2,
  youngFactor: 1.35,
  /** Episodes of the last months beyond the first ones widen the thresholds by a step each, up to a limit. */
  habitDays: 150,
  habitFree: 1,
  habitStep: 0.2,
  /** The same for single days. */
  habitFreePoint: 0,
  habitStepPoint: 0.15,
  habitMax: 1,
  episodeGapDays: 7,
  smallestStep: Math.log(1.11),
  smallestShift: Math.log(1.07),
  /** The tail of past scores, by side, that is normal; heavier ones raise the thresholds in proportion, up to a limit. */
  tailNormal: 1.9,
  tailNormalDown: 1.7,
  tailQuantile: 0.015,
  tailSpared: 3,
  tailMax: 4,
  /** Standard errors up to which a mean enters the history that calibrates the run test. */
  runMemoryLimit: 3,
  runTailDivisor: 1.72,
  /** Lasting falls must show themselves more clearly. */
  runDownFactor: 1.3,
  /** Weight of a test's own side in the scale that calibrates it. */
  ownSide: 0.4,
  ownSideDrift: 0.883,
  /** Weight of a run test's own past beside the standard error that noise gives it. */
  runOwn: 0.744,
  /** Share of the level's wandering over the run's days that widens its standard error. */
  runWander: 0.06,
  /** Standard error of a run's mean: this times sigma times the root of 1 / days plus the line's own part. */
  runFloor: 0.72,
  runBase: 0.1,
  runLimits: [4.65, 4.35, 4.25, 4.25, 4.45],
  /** By length: how far on its side a day of a run lies, and how many days may lie elsewhere. */
  runDayMin: [0.9, 0.9, 0.6, 0.3, 0.3],
  runDaysOutside: [0, 0, 1, 2, 3],
  /** A run that has come down to that part of its first days' spike is its end, and no new level. */
  fadeShare: 0.38,
  rebaseDays: 5,
  returnDays: 28,
  memoryRidge: 25,
  memoryDecay: 0.98,
  driftLimit: 2.7,
  /** Weight of the level's wandering, and of the test's own past spread, in a drift's standard error. */
  driftWander: 2.07,
  driftOwn: 1.4,
  driftStep: 0.13,
  /** Over every lag the cost must have risen by that much. */
  driftLeast: 0.05,
  /** Share of the rise that the last week must have brought. */
  driftStillRising: 0.18,
  /** Standard errors up to which a rise enters the history that calibrates the test. */
  driftMemoryLimit: 2.56,
  driftHoldDays: 28,
  /** Days after a found run upwards in which a drift is the same rise. */
  driftAfterShift: 21,
  /** Days after a found rise in which the next one must be clearer, by the factor. */
  riseHoldDays: 35,
  riseAgain: 1.3,
  driftNoiseMin: 0.012,
  /** Weekly changes that must be known before they tell how far a level wanders; variance a day, in sigma squared, till then. */
  wanderDays: 14,
  wanderPrior: 0.06,
  /** Age at which a weekly change enters that record. */
  wanderDelay: 14,
  monthFirst: 2.5,
  monthAgain: 1.5,
  /** Share of a monthly charge that is expected once it was seen, on the days on which such charges come. */
  monthOnce: 0.8,
  /** What a widely kept holiday may do at least, where weekends are like other days. */
  holidayDepth: -0.4,
  /** Part of a typical charge that is added before the logarithm. */
  offsetShare: 0.2,
  /** A weekend that differs from workdays by that many standard errors can be seen in holidays; weight of the newest one. */
  holidayDip: 3,
  holidayMemory: 0.25,
  /** Holidays kept at least that widely teach nothing about their weekday. */
  holidayTeaches: 0.8,
  monthUnseen: Math.log(3),
  /** Last day of a month on which a charge may come once a quarter, or for the first time. */
  monthQuarter: 5,
  /** Invoices come in the middle of a month, too. */
  monthMiddle: 15,
};
