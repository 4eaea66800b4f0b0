import type { SourceStatus } from '../../../core/mcp/envelope.ts';
import type { ToolError } from '../../../core/mcp/toolError.ts';

/** The envelope's word on a connection that failed while others, or other parts of the answer, did not. */
export function toFailedStatus(connectionId: string, { meta }: ToolError): SourceStatus {
  const { code, permission } = meta;
  return {
    connectionId,
    status: 'failed',
    error: code,
    ...(permission === undefined ? {} : { permission }),
  };
}
