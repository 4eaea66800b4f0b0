import { multiplyMoney } from '../../core/money/money.ts';

const MEGABYTE = 1024 ** 2;
const BYTES_MIN = 10 * MEGABYTE;

/**
 * Price of a scanned byte in USD, exact: 6.25 USD a TiB on demand. The first TiB of a month is free, and reservations are
 * paid otherwise, so the invoice is never higher.
 *
 * @see https://cloud.google.com/bigquery/pricing (on-demand compute)
 */
const USD_PER_BYTE = '0.000000000005684341886080801486968994140625';

/** Bytes that BigQuery bills for a query: whole megabytes, at least 10; nothing for an answer from its own cache. */
export function billedBytes(scanned: number): number {
  if (scanned === 0) return 0;
  return Math.max(BYTES_MIN, Math.ceil(scanned / MEGABYTE) * MEGABYTE);
}

/** List price of billed bytes in USD, exact decimal. */
export const scanPrice = (bytes: number): string =>
  multiplyMoney({ amount: USD_PER_BYTE, currency: 'USD' }, String(bytes)).amount;
