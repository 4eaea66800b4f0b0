import { type RawBuilder, sql } from 'kysely';

/** An array of JSON objects of decimals as text, added up key by key into one such object. */
export const addedUp = (objects: RawBuilder<unknown>) =>
  sql`(select coalesce(jsonb_object_agg(k, v::text), '{}') from
    (select k, sum(v::numeric) as v from unnest(${objects}) o, jsonb_each_text(o) e(k, v) group by k) s)`;
