import type { Scope } from '../../core/contracts/access.ts';
import type { ToolCall } from './defineTool.ts';

/** A document that clients can read at a fixed address. */
export interface Resource extends ResourceInfo {
  uri: string;
  /** Its text. @throws ToolError for everything that the caller can understand or repair */
  read(call: ToolCall): Promise<string>;
}

/** Documents that clients can read at addresses of one form. */
export interface ResourceTemplate extends ResourceInfo {
  /** RFC 6570, for instance `costguard://aws-cost/dimensions/{name}`. */
  uriTemplate: string;
  /**
   * The text for these variables, which come decoded; undefined where they name nothing.
   *
   * @throws ToolError for everything that the caller can understand or repair
   */
  read(variables: ResourceVariables, call: ToolCall): Promise<string | undefined>;
}

/** The variables of an address, by name. */
export type ResourceVariables = Readonly<Record<string, string>>;

interface ResourceInfo {
  /** Short name, unique in the server. */
  name: string;
  title: string;
  description: string;
  mimeType: 'application/json' | 'text/markdown';
  /** What a token must hold; default `mcp:read`. */
  scopes?: readonly [Scope, ...Scope[]];
  /** Milliseconds for which anybody may keep the text; default not at all. */
  ttlMs?: number;
}
