import { CostGuardError } from '../errors.ts';

/** Takes one row: `line` is the physical one on which it begins, from 1; line breaks inside quotes count. */
export type OnCsvRow = (line: number, cells: readonly string[], isPlain: boolean) => void;

/** Takes a CSV text in pieces and gives its rows as they are complete. */
export interface CsvParser {
  push: (text: string) => void;
  /** Gives the last row, where the text ends without a line break. @throws CostGuardError where a quote is still open */
  end: () => void;
}

// What COPY needs escaped, but for line breaks, and for returns before them: those inside quotes are counted.
const SPECIAL = /[\\\t\0]|\r(?!\n)/;

const COMMA = 44;
const QUOTE = 34;
const LF = 10;
const CR = 13;
const ROW_LENGTH_MAX = 16_000_000;

/**
 * Reads RFC 4180: commas, quotes doubled inside quotes, LF or CRLF; blank lines are passed over. Written for speed, since
 * most of an import's time outside of the database is spent here: the array of cells is the same for every row, and
 * `isPlain` says that none of them needs escaping for Postgres' COPY.
 *
 * @throws CostGuardError `invalid_request` for text after a closing quote and for a row beyond 16 million characters:
 * where the next row begins cannot be known then
 */
export function createCsvParser(onRow: OnCsvRow): CsvParser {
  let rest = '';
  let line = 1;
  const cells: string[] = [];

  const parse = (text: string, isLast: boolean) => {
    const isPlain = !SPECIAL.test(text);
    let start = 0;
    while (start < text.length) {
      const end = takeRow(text, start, cells, isLast);
      if (end === CUT) break;
      if (end === BROKEN) throw broken(line, 'has text after a closing quote');
      const breaks = countBreaks(text, start, end);
      if (cells.length > 1 || cells[0] !== '') onRow(line, cells, isPlain && breaks <= 1);
      line += breaks;
      start = end;
    }
    rest = text.slice(start);
    if (rest.length > ROW_LENGTH_MAX) throw broken(line, 'is longer than 16 million characters');
  };
  return {
    push: (text) => parse(rest === '' ? text : rest + text, false),
    end: () => {
      parse(rest, true);
      if (rest !== '') throw broken(line, 'opens a quote that is never closed');
    },
  };
}

const CUT = -1;
const BROKEN = -2;

/** Puts the cells of the row at `start` into `cells`, and returns where the next begins; CUT while its end has not come. */
function takeRow(text: string, start: number, cells: string[], isLast: boolean): number {
  let count = 0;
  let at = start;
  for (;;) {
    let end: number;
    if (text.charCodeAt(at) === QUOTE) {
      const closing = findClosingQuote(text, at + 1);
      if (closing < 0) return CUT;
      const cell = text.slice(at + 1, closing);
      cells[count] = cell.includes('"') ? cell.replaceAll('""', '"') : cell;
      end = closing + 1;
      if (text.charCodeAt(end) === CR) end += 1;
    } else {
      end = findCellEnd(text, at);
      const isReturn =
        end > at && text.charCodeAt(end - 1) === CR && text.charCodeAt(end) !== COMMA;
      cells[count] = text.slice(at, isReturn ? end - 1 : end);
    }
    count += 1;
    const isAtEnd = end >= text.length;
    if (isAtEnd && !isLast) return CUT;
    const code = isAtEnd ? LF : text.charCodeAt(end);
    if (code === LF) {
      cells.length = count;
      return isAtEnd ? end : end + 1;
    }
    if (code !== COMMA) return BROKEN;
    at = end + 1;
  }
}

function findCellEnd(text: string, from: number): number {
  for (let end = from; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === COMMA || code === LF) return end;
  }
  return text.length;
}

/** The quote that ends a quoted cell; a doubled one does not. */
function findClosingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at;
}

function countBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1))
    count += 1;
  return count;
}

function broken(line: number, what: string): CostGuardError {
  return new CostGuardError(
    'invalid_request',
    `Line ${line} of the file ${what}, so it is no CSV file or it is cut off. Get it anew; nothing was stored.`,
  );
}
