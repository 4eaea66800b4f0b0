import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { isPortFree } from '../../cli/launch/isPortFree.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { waitUntil } from '../../cli/launch/waitUntil.ts';
import { startTestProcess, type TestProcess } from '../servers/startTestProcess.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { runCommandLine } from '../system/runCommandLine.ts';

/** What `npm start` brings up with nothing configured but ports and a home of its own. */
export interface DemoSystem {
  apiUrl: string;
  uiUrl: string;
  adminPassword: string;
  launcher: TestProcess;
  /** An access token by `costguard token`. */
  token: (scopes: string) => Promise<string>;
  /** Type and state of the demo account's instance of a name. */
  instanceType: (name: string) => Promise<{ type: string | undefined; state: string | undefined }>;
  /** The ports that are taken now, of those that were given. */
  takenPorts: () => Promise<number[]>;
  close: () => Promise<void>;
}

/** Starts it from the build in dist/, which `npm test` makes first. */
export async function startDemoSystem(): Promise<DemoSystem> {
  const home = mkdtempSync(join(tmpdir(), 'costguard-demo-'));
  // Makes sure that a Temporal server is built or downloaded, and says where.
  const temporal = await testTemporal();
  await temporal.close();
  const ports = await portRow(7);
  const [
    API_PORT,
    UI_PORT,
    MCP_PORT,
    TEMPORAL_PORT,
    TEMPORAL_UI_PORT,
    POSTGRES_PORT,
    DEMO_AWS_PORT,
  ] = ports.map(String);
  const env = {
    PATH: `${dirname(temporal.executable)}:${process.env['PATH'] ?? ''}`,
    HOME: process.env['HOME'],
    COSTGUARD_HOME: home,
    ...{
      API_PORT,
      UI_PORT,
      MCP_PORT,
      TEMPORAL_PORT,
      TEMPORAL_UI_PORT,
      POSTGRES_PORT,
      DEMO_AWS_PORT,
    },
  };
  const launcher = await startTestProcess({
    name: 'npm-start',
    command: process.execPath,
    args: [join(projectRoot, 'dist/cli/launch/start.js')],
    env,
    cwd: projectRoot,
    readyTimeoutMs: 300_000,
    stopSignal: 'SIGINT',
    stopTimeoutMs: 40_000,
    // The dashboard is among the last to be up; what is printed is waited for below.
    isReady: async () => (await fetch(`http://127.0.0.1:${UI_PORT}/healthz`)).ok,
  });
  const adminPassword = await printedPassword(launcher);
  const ec2 = new EC2Client({
    endpoint: `http://127.0.0.1:${DEMO_AWS_PORT}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
  });
  return {
    apiUrl: `http://127.0.0.1:${API_PORT}`,
    uiUrl: `http://127.0.0.1:${UI_PORT}`,
    adminPassword,
    launcher,
    token: async (scopes) => {
      const { stdout, stderr, code } = await runCommandLine(['token', '--scopes', scopes], env);
      if (code !== 0) throw new Error(stderr);
      return stdout.trim();
    },
    instanceType: async (name) => {
      const answer = await ec2.send(
        new DescribeInstancesCommand({ Filters: [{ Name: 'tag:Name', Values: [name] }] }),
      );
      const instance = answer.Reservations?.[0]?.Instances?.[0];
      return { type: instance?.InstanceType, state: instance?.State?.Name };
    },
    takenPorts: async () => {
      const free = await Promise.all(ports.map((port) => isPortFree(port, '127.0.0.1')));
      return ports.filter((_, index) => free[index] === false);
    },
    close: async () => {
      ec2.destroy();
      await launcher.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The password that the first start prints once, when everything is ready. */
async function printedPassword(launcher: TestProcess): Promise<string> {
  let password: string | undefined;
  await waitUntil(
    () => {
      password = launcher.lines
        .map((line) => /as admin with the password (\S+)/.exec(line)?.[1])
        .find(Boolean);
      return password !== undefined;
    },
    { timeoutMs: 60_000, what: 'the start has printed the admin’s password' },
  );
  return password ?? '';
}

/** Free ports; the last two are neighbours, since the demo account takes the port after its own as well. */
async function portRow(count: number): Promise<number[]> {
  for (;;) {
    const ports = new Set<number>();
    while (ports.size < count) ports.add(await findFreePort());
    const row = [...ports];
    const demo = row[6] ?? 0;
    if (!ports.has(demo + 1) && (await isPortFree(demo + 1, '127.0.0.1')))
      return [...row.slice(0, 7), demo + 1];
  }
}
