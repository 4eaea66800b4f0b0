import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { STAGING_COLUMNS } from './stagingColumns.ts';

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * One line of Postgres' COPY text format, with its line end; null is `\N`.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"
 */
export function encodeCopyRow(row: CostRecord): string {
  let line = '';
  for (const column of STAGING_COLUMNS) {
    const value = column.read(row);
    if (line !== '') line += '\t';
    line += value === null ? '\\N' : escapeCopyText(value);
  }
  return `${line}\n`;
}

function escapeCopyText(value: string): string {
  // NUL cannot be stored in Postgres text; a provider name that carries one loses only it.
  return value
    .replaceAll('\u0000', '')
    .replaceAll(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? found);
}
