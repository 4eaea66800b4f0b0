import type pg from 'pg';

/** The billed cost of what a replacement just stored, by currency; inside its transaction. Exact decimals. */
export async function readStagedTotals(
  client: pg.PoolClient,
): Promise<{ currency: string; total: string }[]> {
  const { rows } = await client.query<{ currency: string; total: string }>(
    `select billing_currency as currency, trim_scale(sum(billed_cost))::text as total
     from staging_daily group by 1 order by 1`,
  );
  return rows;
}
