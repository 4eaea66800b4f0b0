import type { SourceStatus } from '../../../core/mcp/envelope.ts';
import { fromToolError, TOOL_ERRORS, ToolErrorMeta } from '../../../core/mcp/toolError.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { CostReading } from './costReading.ts';

/** Rows asked for with each page: the most that the tools give. */
export const PAGE_ROWS = 1000;

interface Page {
  nextCursor?: string | undefined;
  sources: readonly SourceStatus[];
  dataAsOf: string;
}

/**
 * The pages of one question, until there is no next. A server that gives the same cursor again, or no end of pages, must
 * not keep a poll going for ever.
 *
 * @throws CostGuardError `provider_answer_invalid` for pages that do not end, `provider_unavailable` where the server has
 *   forgotten the cursor (it was started anew), else as `call`
 */
export async function* callPages<P extends Page>(
  { pagesMax, onPage }: Pick<CostReading, 'pagesMax' | 'onPage'>,
  call: (cursor: { cursor?: string }) => Promise<P>,
): AsyncGenerator<P> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let count = 1; count <= pagesMax; count += 1) {
    const page = await call(cursor === undefined ? {} : { cursor }).catch((error: unknown) => {
      throw cursor !== undefined && isCursorGone(error) ? startAgain(error) : error;
    });
    onPage(new Date(page.dataAsOf));
    assertSources(page.sources);
    yield page;
    cursor = page.nextCursor;
    if (cursor === undefined) return;
    if (seen.has(cursor)) throw neverEnds('gave the same page again');
    seen.add(cursor);
  }
  throw neverEnds(`did not end after ${pagesMax} pages`);
}

/** Parts of a period must not replace the whole: a source that failed fails the reading. */
function assertSources(sources: readonly SourceStatus[]): void {
  const failed = sources.find((source) => source.status === 'failed');
  if (failed === undefined) return;
  const { error: code = 'UPSTREAM_FAILED', permission } = failed;
  const { retryable } = TOOL_ERRORS[code];
  throw fromToolError(
    { code, retryable, ...(permission !== undefined && { permission }) },
    permission === undefined
      ? 'The provider did not answer for this connection; look at the connection’s MCP server.'
      : `Grant the permission ${permission} to the credentials of this connection.`,
  );
}

function isCursorGone(error: unknown): boolean {
  if (!(error instanceof CostGuardError)) return false;
  const meta = ToolErrorMeta.safeParse(error.internal?.['tool']);
  return meta.success && meta.data.code === 'CURSOR_EXPIRED';
}

function startAgain(cause: unknown): CostGuardError {
  return new CostGuardError(
    'provider_unavailable',
    'The MCP server of this provider was started anew between two pages; they are read again by themselves.',
    { cause },
  );
}

function neverEnds(what: string): CostGuardError {
  return new CostGuardError(
    'provider_answer_invalid',
    `The provider’s answer ${what}, so it would never end; nothing was stored. Look at the log of this connection’s MCP server.`,
  );
}
