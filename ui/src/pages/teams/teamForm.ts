import type { Schemas } from '../../client/api';

/** A grant as it is being typed; `part` says what of the connection is seen. */
export interface GrantForm {
  connectionId: string;
  part: 'whole' | 'account' | 'owner';
  value: string;
}

/** What a team sees, as its form shows it. */
export function formOf({ connectionId, account, owner }: Schemas['TeamGrant']): GrantForm {
  if (account !== undefined) return { connectionId, part: 'account', value: account };
  if (owner !== undefined) return { connectionId, part: 'owner', value: owner };
  return { connectionId, part: 'whole', value: '' };
}

/** What is typed, as the API takes it. */
export function toGrant({ connectionId, part, value }: GrantForm): Schemas['TeamGrant'] {
  return part === 'whole' ? { connectionId } : { connectionId, [part]: value.trim() };
}

/** A grant in words. */
export function grantWords(
  grant: Schemas['TeamGrant'],
  names: ReadonlyMap<string, string>,
): string {
  const name = names.get(grant.connectionId) ?? 'a connection that is gone';
  const { part, value } = formOf(grant);
  if (part === 'whole') return name;
  return part === 'account' ? `account ${value} of ${name}` : `what ${value} owns in ${name}`;
}
