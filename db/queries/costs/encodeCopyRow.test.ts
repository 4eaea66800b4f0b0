import { expect, test } from 'vitest';
import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { STORED_COLUMNS, toStoredCells } from '../../../core/focus/storedCells.ts';
import { charge } from '../../../tests/api/charge.ts';
import { encodeCopyRow } from './encodeCopyRow.ts';

const encode = (row: CostRecord) => encodeCopyRow(toStoredCells(row));
const fields = (line: string) => line.slice(0, -1).split('\t');
const column = (name: string) => STORED_COLUMNS.findIndex((c) => c.column === name);

test('a row is one line with a field for each column', () => {
  const line = encode(charge('2026-11-20', '12.50'));
  expect(line.endsWith('\n')).toBe(true);
  expect(fields(line)).toHaveLength(STORED_COLUMNS.length + 2);
  expect(fields(line)[column('billed_cost')]).toBe('12.50');
});

test('what is not known is null, and a text that looks like null is not', () => {
  const line = fields(encode(charge('2026-11-20', '1', { regionId: null, skuId: '\\N' })));
  expect(line[column('region_id')]).toBe('\\N');
  expect(line[column('sku_id')]).toBe('\\\\N');
});

test.each([
  ['a\tb', 'a\\tb'],
  ['a\nb', 'a\\nb'],
  ['a\r\nb', 'a\\r\\nb'],
  ['a\\b', 'a\\\\b'],
  ['a\u0000b', 'ab'],
  ['', ''],
  ['東京 🚀', '東京 🚀'],
])('the text %j is written as %j', (text, written) => {
  const line = fields(encode(charge('2026-11-20', '1', { serviceName: text })));
  expect(line[column('service_name')]).toBe(written);
});
