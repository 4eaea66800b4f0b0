import { expect, test } from 'vitest';
import { renderLogLine } from './renderLogLine.ts';

const now = new Date(2026, 10, 23, 9, 5, 7);
const render = (line: string) => renderLogLine('api', line, now);

test.each([
  ['a plain line', 'listening on 8000', '09:05:07 api              listening on 8000'],
  [
    'a pino line',
    JSON.stringify({
      level: 30,
      time: now.getTime(),
      pid: 7,
      hostname: 'h',
      msg: 'ready',
      port: 8000,
    }),
    '09:05:07 api              info  ready port=8000',
  ],
  [
    'an error with its message and without its stack',
    JSON.stringify({
      level: 50,
      time: now.getTime(),
      msg: 'failed',
      err: { type: 'Error', message: 'gone', stack: 'Error: gone\n at x' },
    }),
    '09:05:07 api              error failed (gone)',
  ],
  [
    'an object, one level deep',
    JSON.stringify({
      level: 40,
      time: now.getTime(),
      msg: 'slow',
      req: { method: 'GET', path: '/a b' },
    }),
    '09:05:07 api              warn  slow req.method=GET req.path="/a b"',
  ],
  [
    'a line of Temporal’s server',
    JSON.stringify({
      level: 'warn',
      ts: now.toISOString(),
      msg: 'shard lost',
      'logging-call-at': 'x.go:1',
      shard: 4,
    }),
    '09:05:07 api              warn  shard lost shard=4',
  ],
  [
    'a value with line breaks and control sequences, on one line',
    JSON.stringify({ level: 30, time: now.getTime(), msg: 'two\n lines \u001b[31m' }),
    '09:05:07 api              info  two ⏎ lines [31m',
  ],
  ['what only looks like JSON', '{not json', '09:05:07 api              {not json'],
])('%s', (_name, line, expected) => {
  expect(render(line)).toBe(expected);
});
