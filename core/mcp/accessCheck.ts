import { z } from 'zod';
import { PermissionCheck } from '../contracts/credential.ts';
import { Id, Provider } from '../contracts/scalars.ts';

/** Where a provider's MCP server checks what a connection may do, beside its `/mcp`. */
export const ACCESS_CHECK_PATH = '/check';

/** What is checked. Only the API asks, so that a credential that is not stored yet never stands in a request. */
export const AccessCheckRequest = z.strictObject({
  provider: Provider,
  connectionId: Id,
  /** A credential that is kept only to be tested. */
  draftId: Id.optional(),
  /** Also check what actions need. */
  withActions: z.boolean(),
});

/** What is checked. */
export type AccessCheckRequest = z.infer<typeof AccessCheckRequest>;

/** What was found, and with which version of the stored credential; null for the server's own environment. */
export const AccessCheckReply = z.object({
  version: z.int().nullable(),
  checks: z.array(PermissionCheck).max(200),
});

/** What was found. */
export type AccessCheckReply = z.infer<typeof AccessCheckReply>;
