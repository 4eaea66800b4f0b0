import type { Logger } from 'pino';
import { createCallMeter, type CallMeter } from '../callMeter.ts';
import type { ToolCall } from '../defineTool.ts';

/** Who asks a source, of which connections, and what it may cost. */
export interface SourceCall {
  /** As the caller named them; undefined means all. */
  connectionIds: readonly string[] | undefined;
  /** Which stored credential is used, in which version: what another one answered is not an answer. Absent for the environment's. */
  identity?: string;
  meter: CallMeter;
  signal: AbortSignal;
  /** Accept a cached answer only if it is younger. */
  maxAgeMs?: number | undefined;
  /** Called after each answer of the provider. */
  progress?: () => void;
  log: Logger;
}

/** The arguments that say whom to ask. */
interface Addressed {
  connectionId?: string | undefined;
  connectionIds?: readonly string[] | undefined;
  maxAgeSeconds?: number | undefined;
}

/** A call of the source for one tool call, with a meter at zero. */
export function toSourceCall(
  { connectionId, connectionIds, maxAgeSeconds }: Addressed,
  { signal, progress, log }: ToolCall,
): SourceCall {
  return {
    connectionIds: connectionId === undefined ? connectionIds : [connectionId],
    meter: createCallMeter(),
    signal,
    progress,
    log,
    maxAgeMs: maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000,
  };
}
