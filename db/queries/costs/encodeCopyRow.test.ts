import { expect, test } from 'vitest';
import { charge } from '../../../tests/api/charge.ts';
import { encodeCopyRow } from './encodeCopyRow.ts';
import { STAGING_COLUMNS } from './stagingColumns.ts';

const fields = (line: string) => line.slice(0, -1).split('\t');
const column = (name: string) => STAGING_COLUMNS.findIndex((c) => c.name === name);

test('a row is one line with a field for each column', () => {
  const line = encodeCopyRow(charge('2026-11-20', '12.50'));
  expect(line.endsWith('\n')).toBe(true);
  expect(fields(line)).toHaveLength(STAGING_COLUMNS.length);
  expect(fields(line)[column('billed_cost')]).toBe('12.50');
});

test('what is not known is null, and a text that looks like null is not', () => {
  const line = fields(encodeCopyRow(charge('2026-11-20', '1', { regionId: null, skuId: '\\N' })));
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
  const line = fields(encodeCopyRow(charge('2026-11-20', '1', { serviceName: text })));
  expect(line[column('service_name')]).toBe(written);
});
