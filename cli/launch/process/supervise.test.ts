import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isPortFree } from '../isPortFree.ts';
import { findFreePort } from '../findFreePort.ts';
import { waitUntil } from '../waitUntil.ts';
import { findCommandLine } from './findCommandLine.ts';
import type { ProcessSpec } from './processSpec.ts';
import { supervise, type SuperviseOptions } from './supervise.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'costguard-supervise-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = (code: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: 'part',
  command: process.execPath,
  args: ['-e', code, join(folder, 'runs')],
  env: { PATH: process.env['PATH'] },
  ...more,
});

/** Appends one letter for each life to the file that is its argument, and then does `then`. */
const counted = (then: string) => `require('fs').appendFileSync(process.argv[1], 'x'); ${then}`;
const lives = () => {
  const file = join(folder, 'runs');
  return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
};
const until = (what: string, isTrue: () => boolean | Promise<boolean>) =>
  waitUntil(isTrue, { what, timeoutMs: 15_000 });

function run(spec: ProcessSpec, more: Partial<SuperviseOptions> = {}) {
  const news: string[] = [];
  const lines: string[] = [];
  const supervised = supervise(spec, {
    onNews: (line) => news.push(line),
    onLine: (line) => lines.push(line),
    recordsDir: join(folder, 'records'),
    backoffMs: { first: 20, max: 80 },
    ...more,
  });
  onTestFinished(supervised.stop);
  return { supervised, news, lines };
}

describe('a process that dies', () => {
  test('is started again, and each wait is twice the one before up to the longest', async () => {
    const { news } = run(script(counted('process.exit(7)')), { healthyAfterMs: 60_000 });
    await until('six lives', () => news.length >= 6);
    expect(
      news.slice(0, 5).map((line) => line.replace('part ended with exit code 7; ', '')),
    ).toEqual([
      'starting it again in 0.02 s',
      'starting it again in 0.04 s',
      'starting it again in 0.08 s',
      'starting it again in 0.08 s',
      'starting it again in 0.08 s',
    ]);
  });

  test('is started again quickly after it was healthy for long enough', async () => {
    const { news } = run(script(counted('setTimeout(() => process.exit(1), 50)')), {
      healthyAfterMs: 1,
    });
    await until('three restarts', () => news.length >= 3);
    expect(new Set(news)).toEqual(
      new Set(['part ended with exit code 1; starting it again in 0.02 s']),
    );
  });

  test('is started again when it was killed', async () => {
    const { lines } = run(script(counted('console.log(process.pid); setInterval(() => 0, 1000)')));
    await until('the first life', () => lines.length === 1);
    process.kill(Number(lines[0]), 'SIGKILL');
    await until('the second life', () => lines.length === 2);
    expect(lives()).toBe(2);
  });
});

describe('a process that never becomes ready', () => {
  test('ends the start after five attempts, in words', async () => {
    const { supervised } = run(script(counted('process.exit(1)'), { isReady: never }));
    await expect(supervised.ready).rejects.toThrow(
      /^part does not start: failed \(part ended before it was ready: exit code 1\)$/,
    );
    expect(lives()).toBe(5);
  });

  test('ends the start at once when it says that its configuration is wrong', async () => {
    const { supervised } = run(script(counted('process.exit(2)'), { isReady: never }));
    await expect(supervised.ready).rejects.toThrow(/exit code 2/);
    expect(lives()).toBe(1);
  });

  test('ends the start when its program does not exist', async () => {
    const { supervised } = run({ ...script(''), command: '/no/such/program', isReady: never });
    await expect(supervised.ready).rejects.toThrow(/ENOENT/);
  });
});

describe('stopping', () => {
  test('lets the process end by itself and starts it no more', async () => {
    const code = counted(
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); console.log('up'); setInterval(() => 0, 1000)`,
    );
    const { supervised, lines, news } = run(script(code));
    await until('it runs', () => lines.includes('up'));
    await supervised.stop();
    await until('its last word', () => lines.includes('bye'));
    expect(lives()).toBe(1);
    expect(news).toEqual([]);
  });

  test('kills a process that does not listen, and what it started', async () => {
    const port = await findFreePort();
    const child = `require('net').createServer().listen(${port}, '127.0.0.1')`;
    const code = `process.on('SIGTERM', () => 0);
      const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]);
      console.log(process.pid, c.pid); setInterval(() => 0, 1000)`;
    const { supervised, lines } = run(script(code, { stopTimeoutMs: 100 }));
    await until('the port is taken', async () => !(await isPortFree(port)));
    await supervised.stop();
    await until('the port is free', () => isPortFree(port));
    for (const pid of lines[0]?.split(' ') ?? []) {
      await until('it is gone', () => findCommandLine(Number(pid)) === undefined);
    }
  });

  test('while it waits for the next attempt takes no time', async () => {
    const { supervised, news } = run(script('process.exit(1)'), {
      backoffMs: { first: 600_000, max: 600_000 },
    });
    await until('it died', () => news.length === 1);
    await supervised.stop();
  });
});

const never = () => Promise.resolve(false);
