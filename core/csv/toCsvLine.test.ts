import { expect, test } from 'vitest';
import { toCsvLine } from './toCsvLine.ts';

test.each([
  [['2026-11-01', 'EC2', '-3.5'], '2026-11-01,EC2,-3.5\r\n'],
  [['a "b", c', 'two\nlines'], '"a ""b"", c","two\nlines"\r\n'],
  [['=1+1', '@x', '+5', '-a', '\tx'], "'=1+1,'@x,'+5,'-a,'\tx\r\n"],
  [['', ' '], ', \r\n'],
])('%j is written as %j', (cells, line) => {
  expect(toCsvLine(cells)).toBe(line);
});
