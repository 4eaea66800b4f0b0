import { expect, test } from 'vitest';
import { ToolError } from '../../core/mcp/toolError.ts';
import { createCursorSeal } from './cursor.ts';

const KEY = new Uint8Array(32).fill(7);
const START = Date.parse('2026-11-23T12:00:00Z');
const position = { offset: 40, version: 'v1' };

function open(
  cursor: string,
  { tool = 't', request = { a: 1 }, tenant = 'org', atMs = START, key = KEY } = {},
): unknown {
  const seal = createCursorSeal(() => new Date(atMs), key);
  try {
    return seal.page(tool, { limit: 1, cursor, ...request }, tenant).position;
  } catch (error) {
    return error instanceof ToolError ? error.meta.code : error;
  }
}

const cursor = createCursorSeal(() => new Date(START), KEY)
  .page('t', { limit: 1, ...{ a: 1 } }, 'org')
  .seal(position);

test('leads to its page on any replica with the same key, for an hour', () => {
  expect(open(cursor)).toEqual(position);
  expect(open(cursor, { atMs: START + 3_600_000 })).toEqual(position);
});

test('expires, and fits no other question, tool, tenant or key', () => {
  expect(open(cursor, { atMs: START + 3_600_001 })).toBe('CURSOR_EXPIRED');
  expect(open(cursor, { request: { a: 2 } })).toBe('CURSOR_EXPIRED');
  expect(open(cursor, { tenant: 'other' })).toBe('CURSOR_EXPIRED');
  expect(open(cursor, { tool: 'u' })).toBe('CURSOR_EXPIRED');
  expect(open(cursor, { key: new Uint8Array(32).fill(8) })).toBe('CURSOR_EXPIRED');
});

test.each(['', '.', 'a.b', `${cursor}x`, cursor.slice(1), `x${cursor}`, cursor.replace('.', '')])(
  'changed to %j leads nowhere',
  (changed) => {
    expect(open(changed)).toBe('CURSOR_EXPIRED');
  },
);

test('shows no cost and no name', () => {
  const text = Buffer.from(cursor.split('.')[0] ?? '', 'base64url').toString();
  expect(JSON.parse(text)).toEqual([
    40,
    'v1',
    START + 3_600_000,
    expect.stringMatching(/^[\w-]+$/),
  ]);
});
