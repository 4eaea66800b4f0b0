import { hash } from 'node:crypto';
import { DIMENSIONS, type StoredCells } from '../../../core/focus/storedCells.ts';

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const SPECIAL = /[\\\t\n\r\0]/;
const DIMENSION_COUNT = DIMENSIONS.length;
const HASH_LENGTH = 32;
const dimensions: string[] = [];
const rest: string[] = [];

/**
 * One line of Postgres' COPY text format, with its line end: the cells, null as `\N`, and the hash of the dimensions (half
 * of a SHA-256, hex), by which charges are told apart. `isPlain` says that no cell needs escaping.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"
 */
export function encodeCopyRow(cells: StoredCells, isPlain = false): string {
  const encode = isPlain ? encodePlain : encodeCell;
  for (let i = 0; i < DIMENSION_COUNT; i += 1) dimensions[i] = encode(cells[i]);
  rest.length = cells.length - DIMENSION_COUNT;
  for (let i = 0; i < rest.length; i += 1) rest[i] = encode(cells[DIMENSION_COUNT + i]);
  // Joining makes one text at once; adding them up makes one of some hundred parts, which costs more to put together.
  const text = dimensions.join('\t');
  return `${text}\t${rest.join('\t')}\t${hash('sha256', text, 'hex').slice(0, HASH_LENGTH)}\n`;
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
