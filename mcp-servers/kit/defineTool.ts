import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Scope } from '../../core/contracts/access.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { ToolContract } from '../../core/mcp/toolContract.ts';

/** What a tool knows of the call that it answers. */
export interface ToolCall {
  /** Aborted when the caller gives up or the server's own deadline for the call has passed. */
  signal: AbortSignal;
  /** Whose data this is; part of cursors and cache keys. */
  tenant: string;
  log: Logger;
  /** Tells the caller that the call goes on, where it asked to be told. */
  progress: () => void;
  /** The access token that came with the call over HTTP. It is for this server: to be exchanged, never passed on. */
  token?: string;
}

/** Who may call a tool, and what it does, where that is not reading for whoever holds `mcp:read`. */
export interface ToolOptions {
  /** What a token must hold; default `mcp:read`. */
  scopes?: readonly [Scope, ...Scope[]];
  /** It adds something; what is there stays as it is, and the same call again adds nothing. Default false. */
  writes?: boolean;
}

/** A tool ready to be served: its contract, and `run`, which takes arguments of any form. */
export interface Tool extends Readonly<ToolOptions> {
  readonly contract: ToolContract;
  /** @throws ToolError for everything that the caller can understand or repair */
  run(args: unknown, call: ToolCall): Promise<Record<string, unknown>>;
}

/**
 * Puts a handler behind its contract: arguments are parsed before it runs, so that nothing reaches a provider from an
 * invalid call, and its answer is parsed before it leaves.
 */
export function defineTool<
  Input extends z.ZodType,
  Output extends z.ZodType<Record<string, unknown>>,
>(
  contract: ToolContract<Input, Output>,
  handle: (input: z.output<Input>, call: ToolCall) => Promise<z.input<Output>>,
  options: ToolOptions = {},
): Tool {
  return {
    ...options,
    contract,
    run: async (args, call) => {
      const parsed = contract.input.safeParse(args ?? {});
      if (!parsed.success) throw invalidArgument(parsed.error);
      return contract.output.parse(await handle(parsed.data, call));
    },
  };
}

function invalidArgument(error: z.ZodError): ToolError {
  const [first] = error.issues;
  const field = fieldOf(first);
  const what = error.issues
    .slice(0, 5)
    .map((issue) => `${fieldOf(issue) || 'arguments'}: ${issue.message}`)
    .join('; ');
  return new ToolError(
    'INVALID_ARGUMENT',
    `The arguments are not valid, so nothing was asked of the provider. ${what}. Correct them and call again.`,
    field ? { field } : {},
  );
}

function fieldOf(issue: z.core.$ZodIssue | undefined): string {
  if (!issue) return '';
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') path.push(cut(issue.keys[0] ?? ''));
  return path.join('.');
}

// The name of an unknown argument is the caller's own text; it is shown back only in a harmless length and form.
function cut(key: string): string {
  return key.replaceAll(/[^\w.-]/g, '_').slice(0, 60);
}
