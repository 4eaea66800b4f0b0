import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogFile } from './createLogFile.ts';
import { createMergedLog } from './createMergedLog.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'costguard-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

test('each process has a raw file of its own, and one log shows them all', () => {
  const shown: string[] = [];
  const log = createMergedLog(folder, (text) => shown.push(text));
  log.line('api', '{"level":30,"msg":"one"}');
  log.line('moto', 'two', false);
  log.say('three');
  log.close();
  expect(shown.map((line) => line.slice(9))).toEqual([
    'api              info  one',
    'costguard        three',
  ]);
  expect(read('api.log')).toBe('{"level":30,"msg":"one"}\n');
  expect(read('moto.log')).toBe('two\n');
});

test('a known secret is in no file and on no screen', () => {
  const shown: string[] = [];
  const log = createMergedLog(folder, (text) => shown.push(text));
  log.hideSecret('s3cret-value');
  log.line('api', 'connecting to postgresql://costguard:s3cret-value@127.0.0.1');
  log.close();
  expect(shown.join() + read('api.log')).not.toContain('s3cret-value');
  expect(read('api.log')).toContain('costguard:[secret]@');
});

test('a log file never takes more than twice its limit', () => {
  const file = createLogFile(folder, 'api', 100);
  for (let index = 0; index < 50; index += 1) file.write(`line ${index}`);
  file.close();
  expect(statSync(join(folder, 'api.log')).size).toBeLessThanOrEqual(110);
  expect(statSync(join(folder, 'api.log.1')).size).toBeLessThanOrEqual(110);
  expect(read('api.log') + read('api.log.1')).toContain('line 49\n');
});
