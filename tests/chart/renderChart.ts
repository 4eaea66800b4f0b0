import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { ensureTool, KUBE_VERSION } from '../servers/kubernetes/ensureTool.ts';

/** The folder of the chart. */
export const CHART = join(projectRoot, 'charts', 'costguard');

/** The chart's value sets by name, `smallest` and others: the files of its folder `ci`. */
export const VALUE_SETS = readdirSync(join(CHART, 'ci')).map((file) =>
  file.replace('-values.yaml', ''),
);

/** The file of a value set. */
export const valuesFile = (set: string): string => join(CHART, 'ci', `${set}-values.yaml`);

const Variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
});
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.string().array().default([]),
  env: Variable.array().default([]),
  ports: z.object({ name: z.string(), containerPort: z.number() }).array().default([]),
  securityContext: z.looseObject({}).default({}),
});
const Pod = z.looseObject({
  serviceAccountName: z.string().optional(),
  automountServiceAccountToken: z.boolean().optional(),
  containers: Container.array().length(1),
  volumes: z
    .looseObject({
      name: z.string(),
      secret: z.looseObject({ secretName: z.string() }).optional(),
    })
    .array()
    .default([]),
});

/** A pod as the chart describes it. */
export type Pod = z.infer<typeof Pod>;

const Rendered = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.looseObject({}).default({}),
});

/** One object that the chart makes. */
export type Rendered = z.infer<typeof Rendered>;

/** Runs Helm; returns what it printed. @throws Error with the last lines of what it complained of */
export async function helm(...args: string[]): Promise<string> {
  return runCommand({ command: await ensureTool('helm'), args, timeoutMs: 180_000 });
}

/** The chart's manifest for a value set as text, in the namespace `finops`. */
export const renderText = (
  set: string,
  more: readonly string[] = [],
  release = 'costguard',
): Promise<string> =>
  helm(
    'template',
    release,
    CHART,
    '--namespace=finops',
    `--kube-version=${KUBE_VERSION}`,
    `--values=${valuesFile(set)}`,
    ...more,
  );

/** The objects that the chart makes of a value set. */
export async function renderChart(set: string): Promise<Rendered[]> {
  const documents = parseAllDocuments(await renderText(set));
  return documents.flatMap((document) => {
    const value: unknown = document.toJS();
    return value === null ? [] : [Rendered.parse(value)];
  });
}

const Template = z.object({ template: z.object({ spec: Pod }) });

/** The pod of a Deployment, a Job or a CronJob; of other objects there is none. */
export function podOf({ kind, spec }: Rendered): Pod | undefined {
  if (kind === 'CronJob')
    return z.object({ jobTemplate: z.object({ spec: Template }) }).parse(spec).jobTemplate.spec
      .template.spec;
  return kind === 'Deployment' || kind === 'Job' ? Template.parse(spec).template.spec : undefined;
}

/** Which part an object belongs to, `detective-worker`; empty where to none. */
export const partOf = ({ metadata }: Rendered): string =>
  metadata.labels['app.kubernetes.io/component'] ?? '';
