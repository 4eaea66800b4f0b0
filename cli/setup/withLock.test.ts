import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../launch/runCommand.ts';

/** Reads a number, waits, and writes it one higher: two at once would lose one. */
const COUNT = `
  const [module, lock, file] = process.argv.slice(1);
  const { withLock } = await import(module);
  const { readFileSync, writeFileSync } = await import('node:fs');
  await withLock(lock, async () => {
    const count = Number(readFileSync(file, 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(file, String(count + 1));
  });`;

test('processes take turns, also after one that was killed left its lock', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [lock, file] = [join(folder, 'lock'), join(folder, 'count')];
  const gone = await runCommand({
    command: process.execPath,
    args: ['-p', 'process.pid'],
    timeoutMs: 10_000,
  });
  writeFileSync(lock, gone.trim());
  writeFileSync(file, '0');
  const args = [
    '--input-type=module',
    '-e',
    COUNT,
    join(import.meta.dirname, 'withLock.mjs'),
    lock,
    file,
  ];
  await Promise.all(
    Array.from({ length: 4 }, () =>
      runCommand({ command: process.execPath, args, timeoutMs: 20_000 }),
    ),
  );
  expect(readFileSync(file, 'utf8')).toBe('4');
  expect(readdirSync(folder)).toEqual(['count']);
});
