import { type Kysely, sql } from 'kysely';

/** Finds use without a known price, of which there should be little, without reading all use. Frozen once released. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index llm_usage_unpriced on llm_usage (bucket_start) where unpriced <> '{}'`.execute(
    db,
  );
  await sql`create index llm_usage_model on llm_usage (provider, model, bucket_start)`.execute(db);
}
