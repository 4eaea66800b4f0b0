import { Decimal } from 'decimal.js';

/** Decimals of sixty digits, written without an exponent: sums of amounts are exact. */
export const Exact = Decimal.clone({ precision: 60, toExpNeg: -1e9, toExpPos: 1e9 });
