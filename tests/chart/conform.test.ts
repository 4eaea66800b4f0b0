import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { ensureTool, KUBE_VERSION } from '../servers/kubernetes/ensureTool.ts';
import { writeSchemas } from '../servers/kubernetes/writeSchemas.ts';
import { CHART, helm, renderText, VALUE_SETS, valuesFile } from './renderChart.ts';

let schemas = '';
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-schemas-'));
  schemas = await writeSchemas(folder);
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
});

async function conform(manifest: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'manifest.yaml');
  writeFileSync(file, manifest);
  return runCommand({
    command: await ensureTool('kubeconform'),
    args: ['-strict', '-summary', '-schema-location', schemas, file],
    timeoutMs: 60_000,
  });
}

test.each(VALUE_SETS)(
  '%s: lint has nothing to say and every object fits its schema',
  async (set) => {
    const lint = await helm(
      'lint',
      CHART,
      '--strict',
      '--quiet',
      `--kube-version=${KUBE_VERSION}`,
      `--values=${valuesFile(set)}`,
    );
    expect(lint.trim()).toBe('');
    const summary = await conform(await renderText(set));
    expect(summary).toMatch(/Valid: \d{2,}, Invalid: 0, Errors: 0, Skipped: 0/);
  },
);

test.each([
  ['Kubernetes', 'revisionHistoryLimit: 3', 'revisionHistoryLimits: 3'],
  ['KEDA', 'maxReplicaCount: 4', 'maxReplicas: 4'],
  ['CloudNativePG', 'enableSuperuserAccess: true', 'enableSuperuserAccess: yes please'],
])('a slip in an object of %s is found', async (_whose, right, wrong) => {
  const manifest = await renderText('everything');
  expect(manifest).toContain(right);
  await expect(conform(manifest.replaceAll(right, wrong))).rejects.toThrow(/Invalid: [1-9]/);
});
