import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openCluster } from '../../cli/launch/kubernetes/openCluster.ts';
import { patchSecret } from '../../cli/launch/kubernetes/patchSecret.ts';
import { MCP_SERVERS } from '../../cli/launch/mcpServers.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { ClientCredentials } from '../../cli/launch/runCostguard.ts';
import { createTestDatabase } from '../servers/createTestDatabase.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { startCluster, type TestCluster } from '../servers/kubernetes/startCluster.ts';
import {
  CHART,
  helm,
  podOf,
  renderChart,
  renderText,
  VALUE_SETS,
  valuesFile,
} from './renderChart.ts';

const PREVIOUS = join(import.meta.dirname, 'previous');

const WORKERS = ['detective', 'llm', 'action', 'backup'];

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

/** A namespace of the caller's own, in which pods have to be restricted. */
async function createNamespace(name: string): Promise<string> {
  await cluster.kubectl('create', 'namespace', name);
  const label = 'pod-security.kubernetes.io/enforce=restricted';
  await cluster.kubectl('label', 'namespace', name, label);
  // As a controller does in a cluster.
  await cluster.kubectl('create', 'serviceaccount', 'default', `--namespace=${name}`);
  return name;
}

const inCluster = (namespace: string) => [
  `--kubeconfig=${cluster.kubeconfig}`,
  `--namespace=${namespace}`,
];
const install = (namespace: string, chart: string, values: string) =>
  helm('install', 'costguard', chart, ...inCluster(namespace), `--values=${values}`);

/** The package in `previous/`. */
function previousChart(): string {
  const [file = ''] = readdirSync(PREVIOUS).filter((name) => name.endsWith('.tgz'));
  return join(PREVIOUS, file);
}

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-chart-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'manifest.yaml');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** Everything in a namespace that somebody made, `KIND/NAME`. */
async function listObjects(namespace: string): Promise<string[]> {
  const kinds = await cluster.kubectl(
    'api-resources',
    '--namespaced',
    '--verbs=list,delete',
    '--output=name',
  );
  // Of these the API server makes some itself, one for each install that we watch.
  const wanted = kinds.split('\n').filter((kind) => kind !== '' && !/^(events|leases)/.test(kind));
  const text = await cluster.kubectl(
    'get',
    wanted.join(','),
    `--namespace=${namespace}`,
    '--output=name',
  );
  return text.split('\n').filter((name) => name !== '' && name !== 'serviceaccount/default');
}

describe.each(VALUE_SETS)('%s', (set) => {
  test('the API server takes every object, to the last field', async () => {
    const namespace = await createNamespace(`strict-${set}`);
    const file = fileOf(
      (await renderText(set)).replaceAll('namespace: finops', `namespace: ${namespace}`),
    );
    const said = await cluster.kubectl(
      'apply',
      '--server-side',
      '--dry-run=server',
      '--validate=strict',
      `--namespace=${namespace}`,
      `--filename=${file}`,
    );
    expect(said.trim().split('\n').length).toBeGreaterThan(50);
  });

  test('every pod is let into a namespace that wants them restricted', async () => {
    const namespace = await createNamespace(`pods-${set}`);
    const objects = await renderChart(set);
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
    const pods = objects.flatMap((object) => {
      const spec = podOf(object);
      if (spec === undefined) return [];
      return [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: object.metadata.name }, spec }];
    });
    expect(pods.length).toBeGreaterThan(8);
    const create = (items: object[]) =>
      cluster.kubectl(
        'create',
        '--validate=strict',
        `--namespace=${namespace}`,
        `--filename=${fileOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))}`,
      );
    await create(
      accounts.map(({ apiVersion, kind, metadata }) => ({
        apiVersion,
        kind,
        metadata: { name: metadata.name },
      })),
    );
    await create(pods);
    const loose = pods.slice(0, 1).map((pod) => ({
      ...pod,
      metadata: { name: 'loose' },
      spec: { ...pod.spec, hostNetwork: true },
    }));
    await expect(create(loose)).rejects.toThrow('violates PodSecurity "restricted');
  });

  test('it is installed over the version before, prepared first, and uninstalled without leftovers', async () => {
    const namespace = await createNamespace(`upgrade-${set}`);
    await install(namespace, previousChart(), join(PREVIOUS, `${set}-values.yaml`));
    const full = set === 'everything' ? 'cg' : 'costguard';
    const upgrading = helm(
      'upgrade',
      'costguard',
      CHART,
      ...inCluster(namespace),
      `--values=${valuesFile(set)}`,
      '--set=image.tag=9.9.9',
    );
    const [{ images: before, secrets }] = await Promise.all([
      finishPreparation(namespace, full),
      upgrading,
    ]);
    expect(before).not.toContain(':9.9.9');
    expect(await imagesIn(namespace)).toContain(':9.9.9');
    // What the preparation has written is still there.
    for (const secret of secrets) {
      const kept = await cluster.kubectl(
        'get',
        `secret/${secret}`,
        `--namespace=${namespace}`,
        '--output=json',
      );
      expect(JSON.parse(kept), secret).toMatchObject({
        data: { 'credentials.json': Buffer.from('{}').toString('base64') },
      });
    }
    const objects = await listObjects(namespace);
    expect(objects).not.toContain(`job.batch/${full}-preparation-1`);
    // A part that is new gets its credentials by a Job of its own, since its Secret was not there for the hook.
    const accounts = objects.filter((name) => name.startsWith(`secret/${full}-account-`));
    const hasNewPart = accounts.length > secrets.length;
    expect(objects.includes(`job.batch/${full}-preparation-2`)).toBe(hasNewPart);

    await helm('uninstall', 'costguard', ...inCluster(namespace));
    // A database is not thrown away with what uses it, unless one asks for that.
    const left = set === 'production' ? ['cluster.postgresql.cnpg.io/costguard-postgres'] : [];
    expect(await listObjects(namespace)).toEqual(left);
  });
});

/**
 * Does what the preparation of an upgrade does first, as the one who it runs as, and what a cluster's controllers would: says that the
 * Job is done. Returns the images at that time, and which Secrets it has written to.
 */
async function finishPreparation(
  namespace: string,
  full: string,
): Promise<{ images: string; secrets: string[] }> {
  const job = `${full}-preparation-upgrade`;
  const at = `--namespace=${namespace}`;
  while (!(await listObjectsOf('jobs', namespace)).includes(`job.batch/${job}`)) await delay(200);
  const images = await imagesIn(namespace);
  const args = await cluster.kubectl(
    'get',
    `job/${job}`,
    at,
    '--output=jsonpath={.spec.template.spec.containers[0].args}',
  );
  const [, prefix = '', parts = ''] = z.string().array().parse(JSON.parse(args));
  const own = openCluster(await mountAccount(namespace, full), cluster.url);
  await patchSecret(own, `${prefix}-first-admin`, {});
  const secrets = parts.split(',').map((part) => `${prefix}-account-${part}`);
  for (const secret of secrets) await patchSecret(own, secret, { 'credentials.json': '{}' });
  const time = '2026-11-27T08:00:00Z';
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: time });
  const status = {
    startTime: time,
    completionTime: time,
    succeeded: 1,
    conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
  };
  const patch = ['--subresource=status', '--type=merge', `--patch=${JSON.stringify({ status })}`];
  await cluster.kubectl('patch', `job/${job}`, at, ...patch);
  return { images, secrets };
}

const listObjectsOf = (kind: string, namespace: string) =>
  cluster.kubectl('get', kind, `--namespace=${namespace}`, '--output=name');
const imagesIn = (namespace: string) =>
  cluster.kubectl(
    'get',
    'deployments',
    `--namespace=${namespace}`,
    '--output=jsonpath={.items[*].spec.template.spec.containers[*].image}',
  );

test('a field that does not exist is refused, so that the checks above say something', async () => {
  const text = (await renderText('everything')).replace('maxReplicaCount', 'maxReplicasCount');
  const applied = cluster.kubectl(
    'apply',
    '--server-side',
    '--dry-run=server',
    '--validate=strict',
    `--filename=${fileOf(text)}`,
  );
  await expect(applied).rejects.toThrow(/unknown field|field not declared/);
});

/** What the kubelet mounts into the preparation's pod: a folder with its ServiceAccount. */
async function mountAccount(namespace: string, full = 'costguard'): Promise<string> {
  const token = await cluster.kubectl(
    'create',
    'token',
    `${full}-preparation`,
    `--namespace=${namespace}`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'costguard-account-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const mounted = { token, namespace, 'ca.crt': cluster.ca };
  for (const [name, text] of Object.entries(mounted))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}

test('the preparation may write the parts’ credentials, and touch no other Secret', async () => {
  const namespace = await createNamespace('roles');
  await install(namespace, CHART, valuesFile('smallest'));
  const as = `--as=system:serviceaccount:${namespace}:costguard-preparation`;
  const may = (...question: string[]) =>
    cluster.kubectl('auth', 'can-i', ...question, `--namespace=${namespace}`, as).then(
      (said) => said.trim(),
      () => 'no',
    );
  expect(await may('get', 'secrets/costguard-account-action')).toBe('no');
  expect(await may('patch', 'secrets/costguard-kek')).toBe('no');
  expect(await may('create', 'pods')).toBe('no');

  const own = openCluster(await mountAccount(namespace), cluster.url);
  await patchSecret(own, 'costguard-account-action', { 'credentials.json': '{"clientId":"a"}' });
  await patchSecret(own, 'costguard-account-action', { other: 'ä' });
  const stored = await cluster.kubectl(
    'get',
    'secret/costguard-account-action',
    `--namespace=${namespace}`,
    '--output=jsonpath={.data}',
  );
  expect(JSON.parse(stored)).toEqual({
    'credentials.json': Buffer.from('{"clientId":"a"}').toString('base64'),
    other: Buffer.from('ä').toString('base64'),
  });
  await expect(patchSecret(own, 'costguard-kek', { COSTGUARD_KEK: 'x' })).rejects.toThrow(
    'The Secret costguard-kek could not be written: the API server answered 403.',
  );
  await expect(patchSecret(own, 'missing', { x: 'x' })).rejects.toThrow('missing');
});

test('the preparation leaves each part’s credentials where only that part finds them', async () => {
  const namespace = await createNamespace('prepared');
  await install(namespace, CHART, valuesFile('smallest'));
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const temporal = await testTemporal();
  onTestFinished(temporal.close);
  const account = await mountAccount(namespace);
  const parts = [...WORKERS, ...MCP_SERVERS.map(({ account: name }) => name ?? '')];
  const prepare = () =>
    runCommand({
      command: process.execPath,
      args: [
        join(projectRoot, 'dist', 'cli', 'launch', 'kubernetes', 'prepareCluster.js'),
        'costguard',
        parts.join(','),
        account,
        cluster.url,
      ],
      env: {
        PATH: process.env['PATH'],
        COSTGUARD_KEK: randomBytes(32).toString('base64url'),
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: `prepared-${randomUUID().slice(0, 8)}`,
      },
      timeoutMs: 120_000,
    });
  const said = await prepare();
  const read = async (name: string, key: string) => {
    const text = await cluster.kubectl(
      'get',
      `secret/costguard-${name}`,
      `--namespace=${namespace}`,
      '--output=json',
    );
    const { data = {} } = z
      .object({ data: z.record(z.string(), z.string()).optional() })
      .parse(JSON.parse(text));
    return Buffer.from(data[key] ?? '', 'base64').toString();
  };
  const secrets = new Set<string>();
  for (const part of parts) {
    const found = ClientCredentials.parse(
      JSON.parse(await read(`account-${part}`, 'credentials.json')),
    );
    expect(found.payloadKeys !== undefined, part).toBe(WORKERS.includes(part));
    expect(said).not.toContain(found.clientSecret);
    secrets.add(found.clientSecret);
  }
  expect(secrets.size).toBe(parts.length);
  // Nobody gave one, so it was made up, and stands nowhere else.
  const password = await read('first-admin', 'password');
  expect(password).toMatch(/^[\w-]{20}$/);
  expect(said).not.toContain(password);
});
