// Each asks the tables anew, with their owner's rights, so that a change of a team acts on the next statement. The planner
// runs `(select f())` once for each statement, not for each row.
const definer = 'language sql stable security definer parallel safe set search_path = pg_catalog';

/** What the viewer of this session (`costguard.viewer`, the id of a person or service account) was given; nothing where it is not set. */
export const VIEWER_FUNCTIONS: readonly string[] = [
  `create function viewer_grants() returns setof public.team_grants ${definer} as $$
     select g.* from public.team_grants g where g.team_id in (
       select m.team_id from public.team_members m
       where nullif(current_setting('costguard.viewer', true), '')::uuid in (m.user_id, m.service_account_id))
   $$`,
  `create function viewer_connections() returns uuid[] ${definer} as $$
     select coalesce(array_agg(distinct connection_id), '{}') from public.viewer_grants()
   $$`,
  `create function viewer_whole() returns uuid[] ${definer} as $$
     select coalesce(array_agg(distinct connection_id), '{}') from public.viewer_grants()
     where sub_account_id is null and owner is null
   $$`,
  // 'connection account', as one text, so that a row is found in it by one comparison.
  `create function viewer_accounts() returns text[] ${definer} as $$
     select coalesce(array_agg(distinct connection_id || ' ' || sub_account_id), '{}') from public.viewer_grants()
     where sub_account_id is not null
   $$`,
  // Connections of which only charges with certain owners' tags are seen, beside accounts: {connection: {tag, owners}}.
  `create function viewer_owners() returns jsonb ${definer} as $$
     select coalesce(jsonb_object_agg(o.connection_id, jsonb_build_object('tag', c.owner_tag, 'owners', o.owners)), '{}')
     from (select connection_id, jsonb_agg(distinct owner) as owners from public.viewer_grants() g
           where owner is not null and not connection_id = any (public.viewer_whole()) group by 1) o
     join public.connections c on c.id = o.connection_id
   $$`,
  `create function viewer_tagged() returns uuid[] ${definer} as $$
     select coalesce(array_agg(key::uuid), '{}') from jsonb_each(public.viewer_owners())
   $$`,
  // Asked for single findings only. An incident is seen in part by nobody: each of its series must be.
  `create function viewer_sees_incident(anomaly uuid, connection uuid) returns boolean ${definer} as $$
     select coalesce(bool_and(connection || ' ' || s.sub_account_id = any (public.viewer_accounts())
       and s.sub_account_id is not null), true)
     from public.anomaly_series s where s.anomaly_id = anomaly
   $$`,
];
