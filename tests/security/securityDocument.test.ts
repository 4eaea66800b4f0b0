import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

const rows = readFileSync(join(projectRoot, 'docs', 'security.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| V\d+ /.test(line))
  .map((line) => {
    const [, chapter = '', , shownBy = ''] = line.split('|').map((cell) => cell.trim());
    return [chapter, [...shownBy.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)] as const;
  });

test('all chapters that apply have a row', () => {
  expect(rows.map(([chapter]) => Number(/^V(\d+)/.exec(chapter)?.[1]))).toEqual(
    Array.from({ length: 16 }, (_, i) => i + 1),
  );
});

test.each(rows)('the tests that show %s are there', (_chapter, files) => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
});
