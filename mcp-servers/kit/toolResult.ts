import { TOOL_ERROR_META_KEY, type ToolError } from '../../core/mcp/toolError.ts';

/** A result of `tools/call`, as far as the tools here use it. */
export interface ToolResult {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  _meta?: Record<string, unknown>;
}

const TEXT_BYTES_MAX = 25_000;
const TEXT_ROWS = 20;

/**
 * A good result: the structured content, and the same JSON as text for hosts that show only text. Text beyond 25 kB
 * becomes the same object with the first 20 rows and a note, so that a model's context is not flooded.
 */
export function toResult(output: Record<string, unknown>): ToolResult {
  return { content: [{ type: 'text', text: toText(output) }], structuredContent: output };
}

/**
 * A failed result. It has no structured content: clients of the older SDK refuse an error that does not match the output
 * schema. The machine's half is in `_meta`.
 */
export function toErrorResult(error: ToolError): ToolResult {
  return {
    isError: true,
    content: [{ type: 'text', text: `${error.meta.code}: ${error.message}` }],
    _meta: { [TOOL_ERROR_META_KEY]: error.meta },
  };
}

function toText(output: Record<string, unknown>): string {
  const text = JSON.stringify(output);
  if (Buffer.byteLength(text) <= TEXT_BYTES_MAX) return text;
  const rows = Array.isArray(output['rows']) ? (output['rows'] as unknown[]) : [];
  const notes = Array.isArray(output['notes']) ? (output['notes'] as unknown[]) : [];
  for (let shown = Math.min(TEXT_ROWS, rows.length); shown > 0; shown = Math.floor(shown / 2)) {
    const shorter = JSON.stringify({
      ...output,
      rows: rows.slice(0, shown),
      notes: [
        ...notes,
        `This text shows ${shown} of the page's ${rows.length} rows; the structured content has all. Ask for a smaller limit and page with cursor.`,
      ],
    });
    if (Buffer.byteLength(shorter) <= TEXT_BYTES_MAX) return shorter;
  }
  return 'The result is too large to show as text; read the structured content or ask for a smaller limit.';
}
