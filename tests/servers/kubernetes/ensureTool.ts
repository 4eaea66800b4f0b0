import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../cli/launch/projectRoot.ts';
import { runCommand } from '../../../cli/launch/runCommand.ts';
import { userCacheDir } from '../../../cli/launch/userCacheDir.ts';
import { takeTurns } from './takeTurns.ts';

/** The programs that `tools/kubernetes` pins, by the packages that they are built from. */
const PACKAGES = {
  helm: 'helm.sh/helm/v3/cmd/helm',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
} as const;

/** The version of Kubernetes that `tools/kubernetes` pins. */
export const KUBE_VERSION = '1.35.0';

// Its releases are built so; without, the API server calls itself v0.0.0, for which no chart is made.
const VERSIONED = ['gitVersion=v1.35.0', 'gitMajor=1', 'gitMinor=35']
  .map((set) => `-X k8s.io/component-base/version.${set}`)
  .join(' ');
const SOURCES = join(projectRoot, 'tools', 'kubernetes');
const BUILD_TIMEOUT_MS = 25 * 60_000;

/**
 * Returns a program of `tools/kubernetes`. Built once for each state of its go.mod and kept for all clones. The first takes some
 * two minutes on 2 cores, with kube-apiserver some five, with Go and its module proxy.
 *
 * @throws Error saying what to install where there is no Go
 */
export async function ensureTool(name: keyof typeof PACKAGES): Promise<string> {
  const program = join(userCacheDir(), `${name}-${sourcesKey()}`);
  mkdirSync(userCacheDir(), { recursive: true });
  return takeTurns(`${program}.lock`, async () => {
    if (!existsSync(program)) await build(PACKAGES[name], program);
    return program;
  });
}

async function build(source: string, program: string): Promise<void> {
  const unfinished = `${program}.unfinished`;
  const args = ['build', '-trimpath', '-ldflags', `-s -w ${VERSIONED}`, '-o', unfinished, source];
  const env = { ...process.env, CGO_ENABLED: '0' };
  await runGo(args, { cwd: SOURCES, env, timeoutMs: BUILD_TIMEOUT_MS });
  renameSync(unfinished, program);
}

/** Runs `go`; returns what it printed. @throws Error saying what to install where there is none */
export async function runGo(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string | undefined>; timeoutMs: number },
): Promise<string> {
  try {
    return await runCommand({ command: 'go', args, ...options });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new Error('The tests of the chart need Go 1.26 (https://go.dev/dl): go was not found.', {
      cause: error,
    });
  }
}

function sourcesKey(): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(SOURCES, 'go.mod')))
    .update(VERSIONED);
  return `${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
}
