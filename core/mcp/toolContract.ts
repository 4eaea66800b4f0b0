import type { z } from 'zod';

/**
 * One tool as both sides know it: the server publishes the schemas and validates with them, the client parses results
 * with the same object. The four provider servers share these byte for byte.
 */
export interface ToolContract<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
}

/** Keeps the schemas' types of a contract. */
export const defineToolContract = <Input extends z.ZodType, Output extends z.ZodType>(
  contract: ToolContract<Input, Output>,
): ToolContract<Input, Output> => contract;

/** Version of the tools' schemas; a client refuses a server whose major version it does not know. */
export const TOOL_CONTRACT_VERSION = '1.0';
