import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { FocusExportQuery } from '../../core/contracts/usage.ts';
import { CostGuardError } from '../../core/errors.ts';
import { streamFocusExport } from '../../db/queries/costs/export/streamFocusExport.ts';
import { defineRoute } from '../http/route.ts';

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  parquet: 'application/vnd.apache.parquet',
} as const;

// Each holds a connection to the database for as long as its reader takes.
const AT_ONCE_MAX = 3;
const STALLED_MS = 120_000;
const RETRY_AFTER_MS = 30_000;
let underWay = 0;

/** Charges as a FOCUS 1.2 file to save, streamed. */
export const exportFocus = defineRoute({
  method: 'get',
  path: '/api/v1/usage/focus',
  summary: 'Charges of a period as a FOCUS 1.2 file, CSV or Parquet',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: FocusExportQuery,
  replies: { 200: z.string().meta({ format: 'binary', description: 'The file' }) },
  contentTypes: { 200: ['text/csv', 'application/vnd.apache.parquet'] },
  errors: ['too_many_requests', 'unsupported'],
  handle: async ({ query, pool, req, res, requestLog }) => {
    const { format, from, to } = query;
    const head = {
      'Content-Type': TYPES[format],
      'Content-Disposition': `attachment; filename="focus-${from}-${to}.${format}"`,
      'Cache-Control': 'no-store',
    };
    if (req.method === 'HEAD') {
      res.writeHead(200, head).end();
      return undefined;
    }
    if (underWay >= AT_ONCE_MAX) throw busy();
    underWay += 1;
    let stream: Readable | undefined;
    try {
      stream = await streamFocusExport(pool, query, format);
      res.writeHead(200, head);
      res.setTimeout(STALLED_MS, () => res.destroy());
      await pipeline(stream, res);
    } catch (error) {
      if (stream === undefined) throw error;
      // The head is out: a cut connection is all that tells the reader that the file is not whole.
      requestLog.warn({ err: error }, 'an export was cut off');
      res.destroy();
    } finally {
      underWay -= 1;
    }
    return undefined;
  },
});

function busy(): CostGuardError {
  return new CostGuardError(
    'too_many_requests',
    `${AT_ONCE_MAX} exports are under way, which is the most at once; try again when one has ended.`,
    { retryAfterMs: RETRY_AFTER_MS },
  );
}
