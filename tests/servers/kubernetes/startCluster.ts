import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../cli/launch/findFreePort.ts';
import { runCommand } from '../../../cli/launch/runCommand.ts';
import { startTestProcess } from '../startTestProcess.ts';
import { ensureEtcd } from './ensureEtcd.ts';
import { ensureTool } from './ensureTool.ts';
import { listCrds } from './listCrds.ts';

/** An API server of Kubernetes with nothing behind it: no controllers and no nodes, so that what it stores stays as it is. */
export interface TestCluster {
  url: string;
  /** File for kubectl's and Helm's `--kubeconfig`, as an administrator. */
  kubeconfig: string;
  /** The certificate by which it is known, PEM. */
  ca: string;
  /** Runs kubectl as an administrator; returns what it printed. @throws Error with the last lines of what it complained of */
  kubectl: (...args: string[]) => Promise<string>;
  stop: () => Promise<void>;
}

/** Starts etcd and kube-apiserver on loopback, with the custom resource definitions that the chart uses; about 15 s. */
export async function startCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-cluster-'));
  const etcd = await startEtcd(folder);
  const api = await startApiServer(folder, etcd.url);
  const kubectl = await ensureTool('kubectl');
  const { kubeconfig, ca } = writeKubeconfig(folder, api);
  const cluster: TestCluster = {
    url: api.url,
    kubeconfig,
    ca,
    kubectl: (...args) =>
      runCommand({
        command: kubectl,
        args: ['--kubeconfig', kubeconfig, ...args],
        timeoutMs: 120_000,
      }),
    stop: async () => {
      await api.stop();
      await etcd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const crds = (await listCrds()).flatMap((file) => ['--filename', file]);
  await cluster.kubectl('apply', '--server-side', ...crds);
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  return cluster;
}

interface Server {
  url: string;
  stop: () => Promise<void>;
}

async function startEtcd(folder: string): Promise<Server> {
  const port = await findFreePort(2);
  const [url, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`];
  const { stop } = await startTestProcess({
    name: 'etcd',
    command: await ensureEtcd(),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      // The data is thrown away; waiting for the disk would only slow the API server down.
      '--unsafe-no-fsync',
    ],
    env: { PATH: process.env['PATH'] },
    cwd: folder,
    isReady: async () => (await fetch(`${url}/health`)).ok,
  });
  return { url, stop: () => stop() };
}

async function startApiServer(folder: string, etcd: string): Promise<Server & { token: string }> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(folder, 'accounts.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const token = randomBytes(24).toString('hex');
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const port = await findFreePort();
  const url = `https://127.0.0.1:${port}`;
  const { stop } = await startTestProcess({
    name: 'kube-apiserver',
    command: await ensureTool('kube-apiserver'),
    args: [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${join(folder, 'certificates')}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${tokens}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      // A controller, which is not there, would have to let a volume claim go.
      '--disable-admission-plugins=StorageObjectInUseProtection',
    ],
    env: { PATH: process.env['PATH'] },
    cwd: folder,
    readyTimeoutMs: 120_000,
    isReady: () => isServing(folder, url, token),
  });
  return { url, token, stop: () => stop() };
}

/** Its certificate appears when it starts, and it says "ok" when its own roles and namespaces are there. */
function isServing(folder: string, url: string, token: string): Promise<boolean> {
  const ca = readFileSync(certificateIn(folder));
  const headers = { Authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const call = get(`${url}/readyz`, { ca, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    call.once('error', reject);
  });
}

const certificateIn = (folder: string) => join(folder, 'certificates', 'apiserver.crt');

function writeKubeconfig(
  folder: string,
  { token, url }: { token: string; url: string },
): { kubeconfig: string; ca: string } {
  const authority = certificateIn(folder);
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  return { kubeconfig, ca: readFileSync(authority, 'utf8') };
}
