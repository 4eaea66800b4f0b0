import type { Provider } from '../../../core/contracts/scalars.ts';
import type { CostRecord } from '../../../core/focus/costRecord.ts';
import type { McpToolbox } from '../../platform/mcpToolbox.ts';

/** One reading of a connection's costs from its MCP server. */
export interface CostReading {
  toolbox: McpToolbox;
  connectionId: string;
  provider: Provider;
  /** First UTC day, included. */
  from: string;
  /** Last UTC day, excluded. */
  to: string;
  /** The UTC day on which it is read. */
  today: string;
  signal: AbortSignal;
  /** Pages of one question after which it counts as never ending. */
  pagesMax: number;
  /** Called with when the provider was asked, for each page. */
  onPage: (dataAsOf: Date) => void;
}

/** Reads all charges of a reading, page by page, as they are stored. */
export type CostReader = (reading: CostReading) => AsyncGenerator<CostRecord>;
