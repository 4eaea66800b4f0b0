/**
 * One cell of the cost cube at its finest: a value for each dimension, and what it cost. Amounts and quantities are exact
 * decimal strings; amounts are in one currency, quantities in the cell's own unit (FOCUS `ConsumedQuantity`).
 */
export interface CostCell {
  /** FOCUS dimension to value, for instance `ServiceName` to `Amazon EC2`. */
  dimensions: Readonly<Record<string, string>>;
  /** What the period cost. */
  actual: string;
  /** What it was expected to cost: a forecast, or the baseline's mean over as many days. */
  expected: string;
}

/** Dimensions from the coarse to the fine, as a cause is narrowed down. */
export const DRILL_DOWN = ['ServiceName', 'RegionId', 'SkuMeter', 'ResourceId'] as const;
