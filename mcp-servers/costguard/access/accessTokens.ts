import type { ToolCall } from '../../kit/defineTool.ts';

/** Where the access tokens for the platform's API come from. */
export interface AccessTokens {
  /**
   * A token for the API with which to answer a call; `refused` is one that the API did not take, so that another is
   * needed.
   *
   * @throws ToolError `AUTH_EXPIRED` where there is none (any more), and whatever getting one can fail with
   */
  get(call: ToolCall, refused?: string): Promise<string>;
}
