import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

const bootstrap = (...args: string[]) =>
  spawnSync(process.execPath, [join(projectRoot, 'cli', 'bootstrap.mjs'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });

test('a command has stdout for itself, because programs read it', () => {
  const { status, stdout } = bootstrap('--version');
  expect({ status, stdout }).toEqual({ status: 0, stdout: '0.1.0\n' });
});

test('wrong usage keeps the command’s own exit code', () => {
  const { status, stderr, stdout } = bootstrap('no-such-command');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('no-such-command');
});

test('a benchmark that does not exist is one line that names those that do', () => {
  const { status, stderr } = bootstrap('bench', '../evil');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Which benchmark\? One of: .*\n$/);
});
