import { z } from 'zod';
import { pageOf, PageQuery } from './page.ts';
import { Id, Instant, ProviderText, ShortText } from './scalars.ts';

const MEMBERS_MAX = 500;
const GRANTS_MAX = 500;

/** Who belongs to a team: a person or a service account. */
export const TeamMemberRef = z
  .strictObject({ kind: z.enum(['user', 'service']), id: Id })
  .meta({ id: 'TeamMemberRef' });

/** Who belongs to a team. */
export type TeamMemberRef = z.infer<typeof TeamMemberRef>;

/** What a team sees: a connection whole, one account of it, or the charges with one owner's tag. */
export const TeamGrant = z
  .strictObject({
    connectionId: Id,
    account: ProviderText.optional().meta({
      description: 'Only this account, subscription or project (FOCUS SubAccountId)',
    }),
    owner: ProviderText.optional().meta({
      description: 'Only charges whose owner tag, as the connection names it, has this value',
    }),
  })
  .refine(({ account, owner }) => account === undefined || owner === undefined, {
    path: ['owner'],
    message: 'and account do not go together; give the team one grant for each',
  })
  .meta({ not: { required: ['account', 'owner'] } })
  .meta({ id: 'TeamGrant' });

/** What a team sees. */
export type TeamGrant = z.infer<typeof TeamGrant>;

const once = (list: readonly unknown[]) =>
  new Set(list.map((one) => JSON.stringify(one))).size === list.length;

const Members = z.array(TeamMemberRef).max(MEMBERS_MAX).refine(once, 'must not name anybody twice');
const Grants = z.array(TeamGrant).max(GRANTS_MAX).refine(once, 'must not repeat a grant');

/** A new team. */
export const TeamCreate = z
  .strictObject({
    name: ShortText.max(100),
    members: Members.default([]),
    grants: Grants.default([]),
  })
  .meta({ id: 'TeamCreate' });

/** A new team. */
export type TeamCreate = z.infer<typeof TeamCreate>;

/** What of a team is changed; a list that is named replaces the one before. */
export const TeamPatch = z
  .strictObject({
    name: ShortText.max(100).optional(),
    members: Members.optional(),
    grants: Grants.optional(),
  })
  .meta({ id: 'TeamPatch' });

/** What of a team is changed. */
export type TeamPatch = z.infer<typeof TeamPatch>;

/** A team with its members and what it sees. */
export const Team = z
  .object({
    id: Id,
    name: z.string(),
    members: z.array(z.object({ kind: z.enum(['user', 'service']), id: Id, name: z.string() })),
    grants: z.array(TeamGrant),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Team' });

/** A team with its members and what it sees. */
export type Team = z.infer<typeof Team>;

/** A page of teams, by name. */
export const TeamPage = pageOf('TeamPage', Team);

/** A page of teams’ names, by name. */
export const TeamNamePage = pageOf(
  'TeamNamePage',
  z.object({ id: Id, name: z.string() }).meta({ id: 'TeamName' }),
);

/** How teams are listed. */
export const TeamListQuery = z.strictObject(PageQuery);
