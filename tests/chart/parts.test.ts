import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { EnvSchema } from '../../core/config/env.ts';
import { partOf, type Pod, podOf, renderChart, type Rendered, VALUE_SETS } from './renderChart.ts';

const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        build: z.object({ target: z.string() }).optional(),
        environment: z.record(z.string(), z.string()).default({}),
        volumes: z.string().array().default([]),
      }),
    ),
  })
  .parse(
    parse(readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8'), { merge: true }),
  ).services;

const PROVIDERS = /^(AWS|AZURE|GCP|GOOGLE|OPENAI|ANTHROPIC|OIDC)_/;
const SECRET = /SECRET|PASSWORD|TOKEN$|KEK|_KEY(_ID)?$|DATABASE_URL|PGPASSWORD/;

/** They say where a key is. */
const NO_SECRETS = ['COSTGUARD_KEK_KEY', 'COSTGUARD_KEK_PROVIDER'];

/**
 * Who may have what more than one has: the database's address whoever works with it, and what opens everything besides the
 * API only the two Jobs that prepare and restore.
 */
const SHARERS: readonly [secret: RegExp, parts: string[]][] = [
  [/\/COSTGUARD_KEK/, ['api', 'preparation', 'restore']],
  [/\/MIGRATION_DATABASE_URL$|-superuser\//, ['preparation', 'restore']],
  [/\/COSTGUARD_ADMIN_PASSWORD$/, ['preparation']],
  [/\/BACKUP_/, ['backup-worker', 'restore']],
  [
    /\/DATABASE_URL$|-postgres-app\/uri$/,
    [
      'action-worker',
      'api',
      'backup-worker',
      'detective-worker',
      'llm-worker',
      'preparation',
      'restore',
    ],
  ],
];

interface Part {
  name: string;
  pod: Pod;
}

const bySet = new Map<string, Rendered[]>();
beforeAll(async () => {
  for (const set of VALUE_SETS) bySet.set(set, await renderChart(set));
});
const objectsOf = (set: string) => bySet.get(set) ?? [];
const partsOf = (set: string): Part[] =>
  objectsOf(set).flatMap((object) => {
    const pod = podOf(object);
    return pod === undefined ? [] : [{ name: partOf(object), pod }];
  });
const containerOf = ({ pod }: Part) => {
  const [container] = pod.containers;
  if (container === undefined) throw new TypeError('a pod without a container');
  return container;
};
/** Secret/key by the variable that it gives, and the files that are mounted. */
const secretsOf = (part: Part): string[] => [
  ...containerOf(part).env.flatMap(({ valueFrom }) =>
    valueFrom === undefined ? [] : [`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`],
  ),
  ...part.pod.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName])),
];
const stageOf = (target: string) =>
  dockerfile.split(/^FROM /m).find((stage) => stage.includes(` AS ${target}\n`)) ?? '';

describe.each(VALUE_SETS)('%s', (set) => {
  test('no two parts share a secret, but for those of SHARERS', () => {
    const holders = new Map<string, Set<string>>();
    for (const part of partsOf(set)) {
      for (const secret of secretsOf(part)) {
        const known = holders.get(secret) ?? new Set();
        holders.set(secret, known.add(part.name));
      }
    }
    expect(holders.size).toBeGreaterThan(8);
    for (const [secret, parts] of holders) {
      const sharers = SHARERS.find(([pattern]) => pattern.test(secret))?.[1];
      if (sharers === undefined) expect(parts.size, secret).toBe(1);
      else expect(sharers, secret).toEqual(expect.arrayContaining([...parts]));
    }
  });

  test('a secret is never written into a pod or a ConfigMap', () => {
    const written = [
      ...partsOf(set).flatMap((part) =>
        containerOf(part).env.map(({ name, value = '' }) => [name, value] as const),
      ),
      ...objectsOf(set).flatMap(({ data = {}, kind }) =>
        kind === 'ConfigMap' ? Object.entries(data) : [],
      ),
    ].filter(([name, value]) => SECRET.test(name) && value !== '' && !NO_SECRETS.includes(name));
    // An address without a password.
    for (const [name, value] of written) expect(value, name).toMatch(/^postgresql:\/\/postgres@/);
  });

  test('every variable is one that the configuration knows, or a client’s own', () => {
    const known = [...Object.keys(EnvSchema.shape), 'PGPASSWORD'];
    const settings = objectsOf(set).find(({ metadata }) => metadata.name.endsWith('-settings'));
    const names = [
      ...Object.keys(settings?.data ?? {}),
      ...partsOf(set).flatMap((part) => containerOf(part).env.map(({ name }) => name)),
    ];
    expect(names.length).toBeGreaterThan(20);
    expect(
      names.filter((name) => !known.includes(name) && !/^(AWS|AZURE|GOOGLE)_/.test(name)),
    ).toEqual([]);
  });

  test('image, command, port and health check of each part are those of the Dockerfile', () => {
    for (const part of partsOf(set)) {
      const { args, image, ports } = containerOf(part);
      const target = /([^/]+?)[:@]/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1] ?? '';
      const stage = stageOf(target);
      expect(stage, target).not.toBe('');
      if (part.name === 'preparation' || part.name === 'restore') continue;
      expect(stage, part.name).toContain(`CMD ${JSON.stringify(args).replaceAll('","', '", "')}`);
      for (const { containerPort, name } of ports)
        if (name === 'http') expect(stage, part.name).toContain(`EXPOSE ${containerPort}`);
      const probes = JSON.stringify(part.pod);
      const queue = /checkPoller.js", "(\w+)"/.exec(stage)?.[1];
      if (queue !== undefined)
        expect(probes).toContain(`"dist/cli/launch/checkPoller.js","${queue}"`);
    }
  });

  test('each part may have the secrets that it has in the compose file, and no others', () => {
    for (const part of partsOf(set)) {
      const service = compose[part.name === 'preparation' ? 'migrate' : part.name];
      if (service === undefined) throw new Error(`docker-compose.yml has no ${part.name}`);
      const own = containerOf(part).env.flatMap(({ name, valueFrom }) =>
        valueFrom === undefined || name === 'PGPASSWORD' || name === 'COSTGUARD_KEK_PREVIOUS'
          ? []
          : [name],
      );
      expect(Object.keys(service.environment), part.name).toEqual(expect.arrayContaining(own));
      const account = part.pod.volumes.find(({ name }) => name === 'account')?.secret?.secretName;
      const mounted = service.volumes.find((volume) =>
        volume.endsWith(':/run/costguard/account:ro'),
      );
      expect(account?.replace(/^.*-account-/, 'account-')).toBe(mounted?.split(':')[0]);
    }
  });

  test('pods are restricted, and only the preparation gets a token of the cluster', () => {
    for (const part of partsOf(set)) {
      const { securityContext } = containerOf(part);
      expect(securityContext, part.name).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(part.pod).toMatchObject({
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        enableServiceLinks: false,
        automountServiceAccountToken: part.name === 'preparation',
      });
    }
    const accounts = partsOf(set).map(({ name, pod }) => [name, pod.serviceAccountName]);
    for (const [name, account] of accounts) expect(account).toMatch(new RegExp(`-${name ?? ''}$`));
  });
});

test('providers’ credentials and settings that the compose file gives to a part can be given in the chart', () => {
  const Secrets = z.record(
    z.string(),
    z.object({
      required: z.string().array().default([]),
      optional: z.string().array().default([]),
    }),
  );
  const Parts = z.record(z.string(), z.object({ secrets: z.string().array() }));
  const file = (name: string): unknown =>
    parse(readFileSync(join(projectRoot, 'charts', 'costguard', 'files', name), 'utf8'));
  const secrets = Secrets.parse(file('secrets.yaml'));
  for (const [name, part] of Object.entries(Parts.parse(file('parts.yaml')))) {
    const given = part.secrets.flatMap((secret) => [
      ...(secrets[secret]?.required ?? []),
      ...(secrets[secret]?.optional ?? []),
    ]);
    const wanted = Object.keys(compose[name]?.environment ?? {}).filter(
      (variable) => PROVIDERS.test(variable) && SECRET.test(variable),
    );
    expect(given, name).toEqual(expect.arrayContaining(wanted));
  }
});
