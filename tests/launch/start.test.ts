import { createServer } from 'node:net';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isPortFree } from '../../cli/launch/isPortFree.ts';
import { findCommandLine } from '../../cli/launch/process/findCommandLine.ts';
import { waitUntil } from '../../cli/launch/waitUntil.ts';
import {
  endInOrder,
  type InstanceSettings,
  instanceSettings,
  partIds,
  startInstance,
  untilReady,
} from './startInstance.ts';

const health = async ({ ports }: InstanceSettings) =>
  (await fetch(`http://127.0.0.1:${ports.API_PORT}/readyz`)).status;

async function expectAllPortsFree({ ports }: InstanceSettings): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    expect(await isPortFree(port), name).toBe(true);
  }
}

test('a start brings everything up, shows the first sign-in once, and Ctrl-C leaves no port taken', async () => {
  const settings = await instanceSettings();
  const first = await startInstance(settings);
  await untilReady(first);
  expect(await health(settings)).toBe(200);
  const shown = first.lines.filter((line) => line.includes('Sign in as admin'));
  expect(shown).toHaveLength(1);
  const password = /password (\S+)/.exec(shown[0] ?? '')?.[1] ?? '';
  await endInOrder(first, 'SIGINT');
  await expectAllPortsFree(settings);

  const second = await startInstance(settings);
  await untilReady(second);
  expect(second.lines.join('\n')).not.toContain('Sign in as admin');
  await endInOrder(second, 'SIGTERM');
  const logs = join(settings.home, 'logs');
  for (const file of readdirSync(logs)) {
    expect(readFileSync(join(logs, file), 'utf8')).not.toContain(password);
    expect(statSync(join(logs, file)).mode & 0o077).toBe(0);
  }
});

test('parts and servers that are killed come back, and a new start ends what a killed one left', async () => {
  const settings = await instanceSettings();
  const killed = await startInstance(settings);
  await untilReady(killed);
  const before = partIds(settings);
  for (const name of ['api', 'postgres', 'temporal', 'action']) {
    process.kill(before.get(name) ?? 0, 'SIGKILL');
  }
  await waitUntil(async () => (await health(settings)) === 200, {
    what: 'the API answers again',
    timeoutMs: 60_000,
  });
  const after = partIds(settings);
  expect(after.get('api')).not.toBe(before.get('api'));

  process.kill(killed.pid ?? 0, 'SIGKILL');
  await killed.ended;
  const left = [...partIds(settings).values()];
  const next = await startInstance(settings);
  await untilReady(next);
  for (const pid of left) {
    const isOldOne =
      findCommandLine(pid) !== undefined && ![...partIds(settings).values()].includes(pid);
    expect(isOldOne).toBe(false);
  }
  await endInOrder(next, 'SIGINT');
  await expectAllPortsFree(settings);
});

test('a lock file of Postgres whose process id now belongs to another program does not stop a start', async () => {
  const settings = await instanceSettings();
  const first = await startInstance(settings);
  await untilReady(first);
  await endInOrder(first, 'SIGINT');
  const lock = join(settings.home, 'postgres', 'postmaster.pid');
  writeFileSync(lock, `${process.pid}\n${join(settings.home, 'postgres')}\n`);
  const second = await startInstance(settings);
  await untilReady(second);
  await endInOrder(second, 'SIGINT');
});

test('a taken port ends the start with one line that names it', async () => {
  const settings = await instanceSettings();
  const port = settings.ports.API_PORT;
  const blocker = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void blocker.close());
  const instance = await startInstance(settings);
  expect(await instance.ended).toEqual({ code: 1, signal: null });
  await waitUntil(() => instance.lines.length > 0, { what: 'the line', timeoutMs: 5_000 });
  expect(instance.lines).toEqual([
    `Cannot start: port ${port} (the API) is taken, set API_PORT to another`,
  ]);
});

test('each mistake in the configuration is one line, and the exit code is 2', async () => {
  const settings = await instanceSettings();
  const instance = await startInstance(settings, { API_PORT: '0', LOG_LEVEL: 'loud' });
  expect(await instance.ended).toEqual({ code: 2, signal: null });
  await waitUntil(() => instance.lines.length > 1, { what: 'the lines', timeoutMs: 5_000 });
  expect(instance.lines.map((line) => line.split(':')[0]).sort()).toEqual([
    'API_PORT',
    'LOG_LEVEL',
  ]);
});

test('a second start from the same folder is refused, and the first goes on', async () => {
  const settings = await instanceSettings();
  const first = await startInstance(settings);
  await untilReady(first);
  const second = await startInstance(settings);
  expect(await second.ended).toEqual({ code: 1, signal: null });
  await waitUntil(() => second.lines.length > 0, { what: 'the line', timeoutMs: 5_000 });
  expect(second.lines[0]).toContain('already runs from');
  expect(await health(settings)).toBe(200);
  await endInOrder(first, 'SIGINT');
});
