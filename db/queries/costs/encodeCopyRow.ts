import { hash } from 'node:crypto';
import { DIMENSIONS, type StoredCells } from '../../../core/focus/storedCells.ts';

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const SPECIAL = /[\\\t\n\r\0]/;
const DIMENSION_COUNT = DIMENSIONS.length;
const HASH_LENGTH = 32;

/**
 * One line of Postgres' COPY text format, with its line end: the cells, null as `\N`, and the hash of the dimensions (half
 * of a SHA-256, hex), by which charges are told apart. `isPlain` says that no cell needs escaping.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"
 */
export function encodeCopyRow(cells: StoredCells, isPlain = false): string {
  const encode = isPlain ? encodePlain : encodeCell;
  let dimensions = encode(cells[0]);
  for (let i = 1; i < DIMENSION_COUNT; i += 1) dimensions += `\t${encode(cells[i])}`;
  let rest = '';
  for (let i = DIMENSION_COUNT; i < cells.length; i += 1) rest += `\t${encode(cells[i])}`;
  return `${dimensions}${rest}\t${hash('sha256', dimensions, 'hex').slice(0, HASH_LENGTH)}\n`;
}

function encodePlain(cell: string | null | undefined): string {
  return cell ?? '\\N';
}

function encodeCell(cell: string | null | undefined): string {
  if (cell == null) return '\\N';
  if (!SPECIAL.test(cell)) return cell;
  // NUL cannot be stored in Postgres text; a provider name that carries one loses only it.
  return cell.replaceAll('\0', '').replaceAll(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? found);
}
