import { z } from 'zod';

/** The FOCUS metrics that are money, in the currency of their row. */
export const COST_METRICS = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] as const;

/** A FOCUS metric that is money. */
export type CostMetric = (typeof COST_METRICS)[number];

/** Every FOCUS metric of the tools. A metric that a source does not have is refused, never replaced by another. */
export const METRICS = [...COST_METRICS, 'ConsumedQuantity'] as const;

/** The name of a metric. */
export const Metric = z.enum(METRICS);

/** The name of a metric. */
export type Metric = z.infer<typeof Metric>;
