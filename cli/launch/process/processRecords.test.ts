import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../waitUntil.ts';
import { findCommandLine } from './findCommandLine.ts';
import { reapRecorded, recordProcess } from './processRecords.ts';

let recordsDir: string;
beforeEach(() => {
  recordsDir = mkdtempSync(join(tmpdir(), 'costguard-records-'));
});
afterEach(() => rmSync(recordsDir, { recursive: true, force: true }));

async function sleeper(mark: string): Promise<ChildProcess & { pid: number }> {
  const args = ['-e', 'setInterval(() => 0, 1000)', mark];
  const child = spawn(process.execPath, args, { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { pid } = child;
  if (pid === undefined) throw new TypeError('It did not start.');
  await waitUntil(() => findCommandLine(pid)?.includes(mark) === true, {
    what: 'it runs',
    timeoutMs: 5_000,
  });
  return Object.assign(child, { pid });
}

test('a process that an earlier run left is ended, once', async () => {
  const left = await sleeper('left-by-an-earlier-run');
  recordProcess(recordsDir, left.pid, { name: 'api', args: ['left-by-an-earlier-run'] });
  expect(await reapRecorded(recordsDir)).toEqual(['api']);
  expect(findCommandLine(left.pid)).toBeUndefined();
  expect(await reapRecorded(recordsDir)).toEqual([]);
});

test('a process that was given the same id later is left alone', async () => {
  const stranger = await sleeper('somebody-elses');
  recordProcess(recordsDir, stranger.pid, { name: 'api', args: ['left-by-an-earlier-run'] });
  expect(await reapRecorded(recordsDir)).toEqual([]);
  expect(findCommandLine(stranger.pid)).toContain('somebody-elses');
  expect(readdirSync(recordsDir)).toEqual([]);
});
