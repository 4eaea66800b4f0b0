import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { reapRecorded } from '../../cli/launch/process/processRecords.ts';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { describeEnd } from '../../cli/launch/process/startProcess.ts';
import { waitUntil } from '../../cli/launch/waitUntil.ts';
import { startTestProcess, type TestProcess } from '../servers/startTestProcess.ts';

const PORTS = [
  'API_PORT',
  'UI_PORT',
  'MCP_PORT',
  'POSTGRES_PORT',
  'TEMPORAL_PORT',
  'TEMPORAL_UI_PORT',
] as const;

// They stand side by side.
const MCP_SERVERS_MAX = 5;

type Ports = Record<(typeof PORTS)[number], number>;

/** A folder and ports of its own for an instance of the whole product. */
export interface InstanceSettings {
  home: string;
  ports: Ports;
}

/** Makes them; the folder, and what an instance left running, go away with the test. */
export async function instanceSettings(): Promise<InstanceSettings> {
  const home = mkdtempSync(join(tmpdir(), 'costguard-home-'));
  onTestFinished(async () => {
    await reapRecorded(join(home, 'run'));
    rmSync(home, { recursive: true, force: true });
  });
  const free: number[] = [];
  for (const name of PORTS)
    free.push(await findFreePort(name === 'MCP_PORT' ? MCP_SERVERS_MAX : 1));
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, free[index]]));
  return { home, ports: ports as Ports };
}

/** Starts what `npm start` starts, without the step that installs and builds; it may still be on its way. */
export function startInstance(
  settings: InstanceSettings,
  more: Record<string, string> = {},
): Promise<TestProcess> {
  const { HOME, PATH, XDG_CACHE_HOME } = process.env;
  const { home, ports } = settings;
  const numbers = PORTS.map((variable) => [variable, String(ports[variable])] as const);
  return startTestProcess({
    name: 'npm start',
    command: process.execPath,
    args: [join(projectRoot, 'dist', 'cli', 'launch', 'start.js'), home],
    env: {
      HOME,
      PATH,
      XDG_CACHE_HOME,
      COSTGUARD_HOME: home,
      DEMO_MODE: 'false',
      ...Object.fromEntries<string>(numbers),
      ...more,
    },
    cwd: projectRoot,
  });
}

/** Waits until an instance says that it is ready. */
export async function untilReady(instance: TestProcess): Promise<void> {
  const isReady = () => instance.lines.some((line) => line.startsWith('CostGuard is ready'));
  const ready = waitUntil(isReady, { what: 'CostGuard is ready', timeoutMs: 90_000 });
  const ended = instance.ended.then((end) => {
    if (!isReady()) throw new Error(`it ended with ${describeEnd(end)}`);
  });
  await Promise.race([ready, ended]).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${instance.lines.slice(-30).join('\n')}`);
  });
}

/** The process ids of an instance's parts by name, as it recorded them. */
export function partIds(settings: InstanceSettings): Map<string, number> {
  const folder = join(settings.home, 'run');
  const records = readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string; pid: number },
  );
  return new Map(records.map(({ name, pid }) => [name, pid]));
}

/** Asks an instance to end and expects that it does so in order within 15 seconds. */
export async function endInOrder(instance: TestProcess, signal: NodeJS.Signals): Promise<void> {
  const asked = performance.now();
  process.kill(instance.pid ?? 0, signal);
  expect(await instance.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - asked).toBeLessThan(15_000);
}
