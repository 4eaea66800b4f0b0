import type { PartNeeds } from './partEnvironment.ts';

/** One of the MCP servers as the launcher starts it. */
export interface McpServerPart {
  /** Folder in `mcp-servers/`. */
  name: string;
  /** Port relative to MCP_PORT. */
  portOffset: number;
  needs: PartNeeds;
  /** Whose service account it signs in with. */
  account?: string;
}

/** The MCP servers that are shipped. */
export const MCP_SERVERS: readonly McpServerPart[] = [
  { name: 'aws-cost', portOffset: 0, needs: { aws: true }, account: 'aws-cost' },
  { name: 'gcp-billing', portOffset: 1, needs: { gcp: true }, account: 'gcp-billing' },
  { name: 'azure-cost', portOffset: 2, needs: { azure: true }, account: 'azure-cost' },
  { name: 'llm-tracker', portOffset: 3, needs: { llm: true }, account: 'llm-tracker' },
  { name: 'costguard', portOffset: 4, needs: {}, account: 'costguard' },
];
