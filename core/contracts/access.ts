import { z } from 'zod';

/**
 * What a caller may do, one scope for each kind of operation. `actions:decide` and `policies:write` belong to people only:
 * they are never in a service account's token, so neither a worker nor an MCP server can approve what it proposed, or
 * change the rules that it is judged by.
 */
export const SCOPES = {
  'costs:read': 'Read costs and usage',
  'usage:write': 'Report calls of language models',
  'anomalies:read': 'Read anomalies',
  'anomalies:write': 'Report anomalies and change their status',
  'actions:read': 'Read actions',
  'actions:propose': 'Propose actions',
  'actions:decide': 'Approve, reject, cancel and roll back actions (people only)',
  'policies:read': 'Read the policies for actions',
  'policies:write': 'Create, change and delete the policies for actions (people only)',
  'connections:read': 'Read connections',
  'connections:write': 'Create and change connections',
  'connections:poll': 'Start a poll now',
  'budgets:read': 'Read budgets and where they stand',
  'budgets:write': 'Create, change and delete budgets',
  'prices:write': 'Set and take back prices of language models',
  'credentials:write':
    'Store, test and delete the credentials of connections; nobody can read them back',
  'credentials:aws': 'Open the stored credentials of AWS connections (services only)',
  'credentials:gcp': 'Open the stored credentials of Google Cloud connections (services only)',
  'credentials:azure': 'Open the stored credentials of Azure connections (services only)',
  'credentials:openai': 'Open the stored credentials of OpenAI connections (services only)',
  'credentials:anthropic': 'Open the stored credentials of Anthropic connections (services only)',
  'users:read': 'Read users, teams and service accounts',
  'users:write': 'Create and change users, teams and service accounts',
  'notifications:read': 'Read notification channels and what they were sent',
  'notifications:write': 'Create, change, test and delete notification channels',
  'notifications:send':
    'Open the secrets of a notification channel for a message that is being sent (services only)',
  'audit:read': 'Read the audit log',
  'audit:write': 'Report calls to cloud providers to the audit log (services only)',
  'tokens:introspect': 'Ask whether an access token still holds (services only)',
  'maintenance:run': 'Have the due housekeeping done, such as a new signing key (services only)',
  'workflows:decode':
    'Read what workflows were given and gave back, in the Temporal Web UI (people only)',
  'demo:reseed': 'Fill the demo database again (people only)',
  'mcp:read': 'Call the read-only tools of the MCP servers',
  'mcp:exchange': 'Exchange the token of a caller of the costguard MCP server for one for the API',
} as const;

/** One permission. */
export type Scope = keyof typeof SCOPES;

/** Every scope, in a fixed order. */
export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];

/** What no token may do: it takes a person who is signed in. */
export const PEOPLE_ONLY: readonly Scope[] = [
  'actions:decide',
  'policies:write',
  'workflows:decode',
  'demo:reseed',
];

/** What only a part of the platform may do, by its own service account: no role of people includes it. */
export const SERVICES_ONLY: readonly Scope[] = [
  'credentials:aws',
  'credentials:gcp',
  'credentials:azure',
  'credentials:openai',
  'credentials:anthropic',
  'notifications:send',
  'audit:write',
  'tokens:introspect',
  'maintenance:run',
  'mcp:exchange',
];

/** The scopes that a service account may hold. */
export const SERVICE_SCOPES = ALL_SCOPES.filter((scope) => !PEOPLE_ONLY.includes(scope));

/**
 * The scopes that can be given to a service account through the API. Stored credentials and channels' secrets open only for
 * the platform's own parts, whose accounts `costguard init` makes: an admin cannot read them by way of an account of their own.
 */
const GRANTABLE_SCOPES = SERVICE_SCOPES.filter(
  (scope) => !/^credentials:(?!write$)|^notifications:send$/.test(scope),
);

/**
 * The scopes that an exchanged token may have at most: all that the costguard MCP server needs to act for its callers.
 * None of them decides anything.
 */
export const EXCHANGED_SCOPES: readonly Scope[] = [
  'costs:read',
  'anomalies:read',
  'actions:read',
  'actions:propose',
  'connections:read',
  'budgets:read',
];

/** A scope that somebody has. */
export const ScopeContract = z
  .enum(ALL_SCOPES as [Scope, ...Scope[]])
  .meta({ id: 'Scope', description: 'One permission' });

/** A scope that is asked for a service account. */
export const GrantableScope = z
  .enum(GRANTABLE_SCOPES as [Scope, ...Scope[]], { error: ({ input }) => whyNotGrantable(input) })
  .meta({ id: 'GrantableScope', description: 'One permission that a service account may have' });

function whyNotGrantable(input: unknown): string {
  if (!ALL_SCOPES.includes(input as Scope)) return 'is not a scope';
  return SERVICE_SCOPES.includes(input as Scope)
    ? 'can be held only by the platform’s own parts'
    : 'can be held by people only';
}

/** The roles of people, each with all that the one before may do. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin']).meta({ id: 'Role' });

/** A person's role. */
export type Role = z.infer<typeof Role>;

const VIEWER: Scope[] = [
  'costs:read',
  'anomalies:read',
  'actions:read',
  'connections:read',
  'budgets:read',
  'mcp:read',
];
const OPERATOR: Scope[] = [
  ...VIEWER,
  'anomalies:write',
  'actions:propose',
  'policies:read',
  'connections:poll',
];
const APPROVER: Scope[] = [
  ...OPERATOR,
  'actions:decide',
  'budgets:write',
  'notifications:read',
  'audit:read',
];

/** What each role may do. */
export const ROLE_SCOPES: Record<Role, readonly Scope[]> = {
  viewer: VIEWER,
  operator: OPERATOR,
  approver: APPROVER,
  admin: ALL_SCOPES.filter((scope) => !SERVICES_ONLY.includes(scope)),
};
