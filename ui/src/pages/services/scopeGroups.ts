import type { Schemas } from '../../client/api';

type Scope = Schemas['GrantableScope'];

/** The scopes that can be given to a service account, in groups, each with what it allows. */
export const SCOPE_GROUPS: readonly {
  title: string;
  scopes: readonly (readonly [Scope, string])[];
}[] = [
  {
    title: 'Costs',
    scopes: [
      ['costs:read', 'Read costs and usage, export them'],
      ['usage:write', 'Report calls of language models'],
      ['prices:write', 'Set and take back prices of language models'],
    ],
  },
  {
    title: 'Findings and actions',
    scopes: [
      ['anomalies:read', 'Read anomalies'],
      ['anomalies:write', 'Report anomalies, change their status'],
      ['actions:read', 'Read actions'],
      ['actions:propose', 'Propose actions; a person decides'],
      ['policies:read', 'Read the policies for actions'],
    ],
  },
  {
    title: 'Connections and budgets',
    scopes: [
      ['connections:read', 'Read connections'],
      ['connections:write', 'Create and change connections'],
      ['connections:poll', 'Start a poll now'],
      ['credentials:write', 'Store, test and delete credentials; never read them'],
      ['budgets:read', 'Read budgets and where they stand'],
      ['budgets:write', 'Create, change and delete budgets'],
    ],
  },
  {
    title: 'Assistants',
    scopes: [
      ['mcp:read', 'Call the tools of the MCP servers'],
      ['mcp:exchange', 'Act at the API for whoever calls it, as the costguard MCP server does'],
    ],
  },
  {
    title: 'Administration',
    scopes: [
      ['users:read', 'Read users, teams and service accounts'],
      ['users:write', 'Create and change users, teams and service accounts'],
      ['notifications:read', 'Read channels and what they were sent'],
      ['notifications:write', 'Create, change, test and delete channels'],
      ['audit:read', 'Read the audit log'],
    ],
  },
  {
    title: 'Parts of the platform',
    scopes: [
      ['tokens:introspect', 'Ask whether an access token still holds'],
      ['audit:write', 'Report calls to providers to the audit log'],
      ['maintenance:run', 'Have due housekeeping done'],
    ],
  },
];
