/** The schema that a viewer's sessions search first: what stands there takes the place of the table of that name. */
export const VIEWER_SCHEMA: readonly string[] = [
  // An administrator that prepares the database makes it, because CostGuard's login may not (db/roles/prepareRoles.ts).
  `do $$ begin
     if to_regnamespace('viewer') is null then create schema viewer; end if;
   exception when insufficient_privilege then
     raise exception 'Run costguard migrate once with MIGRATION_DATABASE_URL: an administrator has to make the schema viewer.';
   end $$`,
  // The daily rollup, from the rollup itself, or from the charges where only those of certain owners are seen. Which rows
  // are seen say the policies of both.
  `create view viewer.cost_daily with (security_invoker = true) as
     select connection_id, day, provider, sub_account_id, service_name, region_id, billing_currency, billed_cost,
       row_count, first_seen_at, updated_at
     from public.cost_daily
     union all
     select r.connection_id, (r.charge_period_start at time zone 'UTC')::date, c.provider, coalesce(r.sub_account_id, ''),
       r.service_name, coalesce(r.region_id, ''), r.billing_currency, sum(r.billed_cost), count(*)::integer,
       min(r.stored_at), max(r.stored_at)
     from public.cost_records r join public.connections c on c.id = r.connection_id
     where r.connection_id = any ((select public.viewer_tagged())::uuid[])
     group by 1, 2, 3, 4, 5, 6, 7`,
];
