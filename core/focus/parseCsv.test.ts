import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CostGuardError } from '../errors.ts';
import { createCsvParser } from './parseCsv.ts';

function parse(...pieces: string[]) {
  const rows: { line: number; cells: string[]; isPlain: boolean }[] = [];
  const parser = createCsvParser((line, cells, isPlain) =>
    rows.push({ line, cells: [...cells], isPlain }),
  );
  for (const piece of pieces) parser.push(piece);
  parser.end();
  return rows;
}
const cells = (...pieces: string[]) => parse(...pieces).map((row) => row.cells);

test.each([
  [
    'plain cells',
    'a,b\nc,d\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['the last line without an end', 'a,b', [['a', 'b']]],
  [
    'CRLF',
    'a,b\r\n"c","d"\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'empty cells',
    ',\n"",""\n',
    [
      ['', ''],
      ['', ''],
    ],
  ],
  ['commas, quotes and breaks inside quotes', '"a,""b""\n c",d\n', [['a,"b"\n c', 'd']]],
  ['blank lines, which are no rows', 'a\n\n\r\nb\n', [['a'], ['b']]],
  ['a last cell that is empty', 'a,', [['a', '']]],
  ['a quote inside of a cell', 'a"b,c\n', [['a"b', 'c']]],
])('reads %s', (_name, text, expected) => {
  expect(cells(text)).toEqual(expected);
});

test('lines are those of an editor: breaks inside quotes count, blank lines too', () => {
  expect(parse('h\n"a\nb\nc"\n\nd\n').map((row) => row.line)).toEqual([1, 2, 6]);
});

test.each(['a\\b', 'a\tb', 'a\0b', '"a\nb"', '"a\rb"', 'a\rb'])(
  'a row with %j is not plain',
  (text) => {
    expect(parse(`${text},x\n`)[0]?.isPlain).toBe(false);
  },
);

test('rows of CRLF files are plain', () => {
  expect(parse('a,b\r\n"c",d\r\n').map((row) => row.isPlain)).toEqual([true, true]);
});

describe('is refused, by line', () => {
  test.each([
    ['text after a closing quote', 'a\n"b"c\n', 'Line 2 of the file has text after'],
    ['a quote that is never closed', 'a\n\n"b\nc', 'Line 3 of the file opens a quote'],
    ['a row without an end', `a\n"${'x'.repeat(17_000_000)}`, 'Line 2 of the file is longer'],
  ])('%s', (_name, text, message) => {
    expect(() => parse(text)).toThrow(CostGuardError);
    expect(() => parse(text)).toThrow(message);
  });
});

test('any cells come back as they were, wherever the text is cut into pieces', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('"', '\n', '\r\n', ',', '""', 'a"b', '😀', ''),
  );
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 6 });
  fc.assert(
    fc.property(table, fc.array(fc.nat()), fc.constantFrom('\n', '\r\n'), (rows, cuts, end) => {
      const text = rows
        .map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(',') + end)
        .join('');
      const at = [...cuts.map((cut) => cut % (text.length + 1)), 0, text.length].sort(
        (a, b) => a - b,
      );
      // A file is cut at ends of lines; a return and its line break are never apart.
      const safe = at.filter((i) => text[i - 1] !== '\r' && text[i - 1] !== '"');
      const pieces = [0, ...safe, text.length].map((from, i, all) => text.slice(from, all[i + 1]));
      expect(cells(...pieces.slice(0, -1))).toEqual(rows);
    }),
  );
});
