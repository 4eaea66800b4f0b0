import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { MCP_SERVERS } from '../../cli/launch/mcpServers.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { EnvSchema } from '../../core/config/env.ts';

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8');

const Service = z.object({
  image: z.string().optional(),
  build: z.object({ target: z.string() }).optional(),
  command: z.union([z.string(), z.string().array()]).optional(),
  restart: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.string().array().default([]),
  healthcheck: z.unknown().optional(),
  volumes: z.string().array().default([]),
  depends_on: z.record(z.string(), z.unknown()).default({}),
});
const Compose = z.object({ services: z.record(z.string(), Service) });

const compose = read('docker-compose.yml');
const { services } = Compose.parse(parse(compose, { merge: true }));
const dockerfile = read('Dockerfile');
const stages = new Map(
  dockerfile
    .split(/^FROM /m)
    .slice(1)
    .map((stage) => [/ AS (\S+)/.exec(stage)?.[1] ?? '', stage]),
);
const defaults = EnvSchema.parse({});
const MCP_TARGETS = MCP_SERVERS.map(({ name }) => `${name}-server`);
/** The containers that sign in, and as whom, in the order of the file. */
const ACCOUNTS = [
  ...MCP_SERVERS.map(({ name, account }) => [`${name}-server`, account ?? ''] as const),
  ['detective-worker', 'detective'],
  ['llm-worker', 'llm'],
  ['action-worker', 'action'],
  ['backup-worker', 'backup'],
] as const;
const BASE = /^(node:20\.\d+\.\d+-bookworm-slim|postgres:\d+\.\d+-bookworm)$/;
const mcpPorts = (first: number) => MCP_SERVERS.map(({ portOffset }) => first + portOffset);

describe('Dockerfile', () => {
  test('every file that a container runs is compiled from a source that exists', () => {
    const files = [...(dockerfile + compose).matchAll(/(?:dist\/)?([\w/-]+)\.js\b/g)].map(
      (match) => `${match[1] ?? ''}.ts`,
    );
    expect(files.length).toBeGreaterThan(7);
    for (const file of files) expect(existsSync(join(projectRoot, file)), file).toBe(true);
  });

  test('every base image is pinned, and the parts run as an ordinary user', () => {
    for (const [base] of dockerfile.matchAll(/(?<=^FROM )\S+/gm)) {
      expect(stages.has(base) || BASE.test(base), base).toBe(true);
    }
    expect(stages.get('runtime')).toContain('USER node');
    expect(stages.get('backup-worker')).toContain('USER node');
  });

  test('what dumps the database is of the same version as the database', () => {
    const image = services['postgres']?.image ?? 'none';
    expect(stages.get('backup-worker')).toContain(`${image} AS backup-worker`);
  });

  test.each([
    'api',
    'dashboard',
    'detective-worker',
    'llm-worker',
    'action-worker',
    'backup-worker',
    ...MCP_TARGETS,
  ])('%s has a health check', (target) => {
    expect(stages.get(target)).toContain('HEALTHCHECK');
  });

  test('the ports are the defaults of the configuration', () => {
    const exposed = [...dockerfile.matchAll(/^EXPOSE (\d+)/gm)].map((match) => Number(match[1]));
    const { API_PORT, DEMO_AWS_PORT, MCP_PORT, UI_PORT } = defaults;
    expect(exposed).toEqual([API_PORT, UI_PORT, ...mcpPorts(MCP_PORT), DEMO_AWS_PORT]);
  });
});

describe('docker-compose.yml', () => {
  const named = Object.entries(services);

  test('every part is built from a target that exists, every other image has an exact version', () => {
    for (const [name, { build, image }] of named) {
      if (build === undefined) expect(image, name).toMatch(/:\d+\.\d+/);
      else expect(stages.has(build.target), name).toBe(true);
    }
  });

  test('published ports are the defaults of the configuration, on loopback only', () => {
    const { API_PORT, MCP_PORT, TEMPORAL_UI_PORT, UI_PORT } = defaults;
    const published = named.flatMap(([, { ports }]) => ports).sort();
    expect(published).toEqual(
      [API_PORT, TEMPORAL_UI_PORT, UI_PORT, ...mcpPorts(MCP_PORT)]
        .map((port) => `127.0.0.1:${port}:${port}`)
        .sort(),
    );
  });

  test('no password has a default: each is required from the environment', () => {
    for (const [name, { environment }] of named) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASSWORD|PWD|KEK|DATABASE_URL|^BACKUP_KEY$/.test(variable)) continue;
        expect(value, `${name} ${variable}`).toMatch(/\$\{[A-Z_]+:\?/);
      }
    }
  });

  test('CostGuard’s parts are given only variables that the configuration knows, or a cloud’s own', () => {
    const known = Object.keys(EnvSchema.shape);
    for (const [name, { build, environment }] of named) {
      if (build === undefined) continue;
      const unknown = Object.keys(environment).filter(
        (variable) => !known.includes(variable) && !/^(AWS|AZURE|GOOGLE)_/.test(variable),
      );
      expect(unknown, name).toEqual([]);
    }
  });

  test('the dashboard and the MCP servers hold neither the database’s password nor the vault’s key', () => {
    for (const name of ['dashboard', ...MCP_TARGETS]) {
      const held = Object.keys(services[name]?.environment ?? {});
      expect(held).not.toContain('DATABASE_URL');
      expect(held).not.toContain('COSTGUARD_KEK');
    }
  });

  test('of what runs on the API alone holds the key of the vault', () => {
    const holders = named.filter(([, { environment }]) =>
      Object.keys(environment).some((variable) => variable.startsWith('COSTGUARD_KEK')),
    );
    expect(holders.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'restore']);
  });

  test('each part with a service account sees its own credentials, and nobody else’s', () => {
    const mounted = named.flatMap(([name, { volumes }]) =>
      volumes.filter((volume) => volume.startsWith('account-')).map((volume) => ({ name, volume })),
    );
    const owners = mounted.filter(({ name }) => name !== 'migrate');
    expect(owners.map(({ name, volume }) => [name, volume])).toEqual(
      ACCOUNTS.map(([name, account]) => [name, `account-${account}:/run/costguard/account:ro`]),
    );
    expect(mounted.filter(({ name }) => name === 'migrate').map(({ volume }) => volume)).toEqual(
      expect.arrayContaining(
        ACCOUNTS.map(([, account]) => `account-${account}:/run/costguard/accounts/${account}`),
      ),
    );
    for (const [name] of ACCOUNTS)
      expect(stages.get(services[name]?.build?.target ?? ''), name).toContain('runPart.js');
  });

  test('whatever runs on is restarted, and waits for the preparation', () => {
    for (const [name, { build, depends_on, restart }] of named) {
      if (['migrate', 'seed', 'restore'].includes(name)) continue;
      expect(restart, name).toBe('unless-stopped');
      if (build !== undefined)
        expect(Object.keys(depends_on)).toContain(name === 'demo-aws' ? 'seed' : 'migrate');
    }
  });
});
