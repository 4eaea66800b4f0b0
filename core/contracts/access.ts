import { z } from 'zod';

/**
 * What a caller may do, one scope for each kind of operation. `actions:decide` belongs to people only: it is never in a
 * service account's token, so neither a worker nor an MCP server can approve what it proposed.
 */
export const SCOPES = {
  'costs:read': 'Read costs and usage',
  'usage:write': 'Report calls of language models',
  'anomalies:read': 'Read anomalies',
  'anomalies:write': 'Report anomalies and change their status',
  'actions:read': 'Read actions',
  'actions:propose': 'Propose actions',
  'actions:decide': 'Approve, reject, cancel and roll back actions (people only)',
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
  'audit:read': 'Read the audit log',
  'audit:write': 'Report calls to cloud providers to the audit log (services only)',
  'tokens:introspect': 'Ask whether an access token still holds (services only)',
  'maintenance:run': 'Have the due housekeeping done, such as a new signing key (services only)',
  'demo:reseed': 'Fill the demo database again (people only)',
  'mcp:read': 'Call the read-only tools of the MCP servers',
  'mcp:exchange': 'Exchange the token of a caller of the costguard MCP server for one for the API',
} as const;

/** One permission. */
export type Scope = keyof typeof SCOPES;

/** Every scope, in a fixed order. */
export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];

const PEOPLE_ONLY: readonly Scope[] = ['actions:decide', 'demo:reseed'];

/** What only a part of the platform may do, by its own service account: no role of people includes it. */
export const SERVICES_ONLY: readonly Scope[] = [
  'credentials:aws',
  'credentials:gcp',
  'credentials:azure',
  'credentials:openai',
  'credentials:anthropic',
  'audit:write',
  'tokens:introspect',
  'maintenance:run',
  'mcp:exchange',
];

/** The scopes that a service account may hold. */
export const SERVICE_SCOPES = ALL_SCOPES.filter((scope) => !PEOPLE_ONLY.includes(scope));

/**
 * The scopes that can be given to a service account through the API. The stored credentials open only for the platform's own
 * parts, whose accounts `costguard init` makes: an admin cannot read credentials by way of an account of their own.
 */
export const GRANTABLE_SCOPES = SERVICE_SCOPES.filter(
  (scope) => !/^credentials:(?!write$)/.test(scope),
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

/** A scope as it stands in requests and tokens. */
export const ScopeContract = z
  .enum(ALL_SCOPES as [Scope, ...Scope[]])
  .meta({ id: 'Scope', description: 'One permission' });

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
const OPERATOR: Scope[] = [...VIEWER, 'anomalies:write', 'actions:propose', 'connections:poll'];
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
