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
  { name: 'aws-cost', portOffset: 0, needs: { aws: true } },
];
