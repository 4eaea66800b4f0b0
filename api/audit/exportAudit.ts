import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { toAuditLines } from '../../core/audit/toAuditLine.ts';
import { AuditFilter } from '../../core/contracts/audit.ts';
import { readAudit } from '../../db/queries/audit/readAudit.ts';
import { defineRoute } from '../http/route.ts';

const STALLED_MS = 120_000;

/** The log as JSON lines, oldest first, streamed; without a filter `costguard audit verify` can check it whole. */
export const exportAudit = defineRoute({
  method: 'get',
  path: '/api/v1/audit/export',
  summary: 'The audit log as JSON lines, oldest first, to keep and to verify',
  tag: 'Audit',
  access: { scope: 'audit:read' },
  query: AuditFilter,
  replies: { 200: z.string().meta({ format: 'binary', description: 'One entry a line' }) },
  contentTypes: { 200: 'application/x-ndjson' },
  handle: async ({ query, db, req, res, requestLog }) => {
    const pages = readAudit(db, query);
    // Whoever may not read it, or a database that is away, is told so while there is still a status to tell it with.
    const first = req.method === 'HEAD' ? undefined : await pages.next();
    res.writeHead(200, {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Content-Disposition': 'attachment; filename="audit.jsonl"',
      'Cache-Control': 'no-store',
    });
    if (first === undefined) {
      res.end();
      return undefined;
    }
    res.setTimeout(STALLED_MS, () => res.destroy());
    try {
      await pipeline(Readable.from(lines(first, pages)), res);
    } catch (error) {
      // The head is out: a cut connection is all that tells the reader that the file is not whole.
      requestLog.warn({ err: error }, 'an export of the audit log was cut off');
      res.destroy();
    }
    return undefined;
  },
});

type Pages = ReturnType<typeof readAudit>;

async function* lines(
  first: Awaited<ReturnType<Pages['next']>>,
  pages: Pages,
): AsyncGenerator<string> {
  if (first.done !== true) yield toAuditLines(first.value);
  for await (const page of pages) yield toAuditLines(page);
}
