import { ToolError } from '../../core/mcp/toolError.ts';
import type { Tool } from './defineTool.ts';
import { runCall, type IncomingCall } from './runCall.ts';
import { toErrorResult, toResult, type ToolResult } from './toolResult.ts';

/** Runs a tool and turns whatever comes of it into a result. */
export async function answerCall(
  tool: Tool,
  args: unknown,
  call: IncomingCall,
): Promise<ToolResult> {
  try {
    const what = { tool: tool.contract.name };
    return toResult(await runCall(what, call, (inner) => tool.run(args, inner)));
  } catch (error) {
    if (error instanceof ToolError) return toErrorResult(error);
    throw error;
  }
}
