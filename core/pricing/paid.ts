/** What was billed for one resource: exact decimals. */
export interface PaidResource {
  cost: string;
  /** Days on which something was billed for it. */
  days: number;
  currency: string;
}

/** What was billed for one meter: exact decimals. */
export interface PaidMeter {
  meter: string;
  cost: string;
  /** In the meter's own unit. */
  quantity: string;
  currency: string;
}
