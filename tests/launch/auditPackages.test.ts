import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

let server: Server | undefined;
afterEach(
  () => new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve))),
);

// npm also reads which versions there are of a package with an advisory, and of those that depend on it.
const packument = (path: string) => ({
  name: decodeURIComponent(path.slice(1)),
  'dist-tags': {},
  versions: {},
});

/** A registry that answers npm's question for advisories like this. */
async function registry(status: number, advisories: unknown): Promise<string> {
  const started = createServer((req, res) => {
    req.resume();
    const [code, body] =
      req.method === 'POST' ? [status, advisories] : [200, packument(req.url ?? '/')];
    res.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;
}

async function audit(url: string, env: Record<string, string> = {}) {
  // npm keeps what it learnt of an advisory.
  const cache = mkdtempSync(join(tmpdir(), 'costguard-npm-'));
  const child = spawn(process.execPath, [join(projectRoot, 'cli/setup/auditPackages.mjs')], {
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'] },
      ...{ npm_config_registry: url, npm_config_cache: cache },
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  rmSync(cache, { recursive: true, force: true });
  return { code, said };
}

const advisory = (severity: string) => ({
  express: [
    {
      id: 1,
      name: 'express',
      url: 'https://example.com/advisory',
      title: 'A hole',
      severity,
      vulnerable_versions: '>=5.0.0',
      cwe: [],
      cvss: { score: 9, vectorString: null },
    },
  ],
});

test('a high advisory of a package in use fails and is named', async () => {
  const { code, said } = await audit(await registry(200, advisory('high')));
  expect(code).toBe(1);
  expect(said).toMatch(/express .*high: A hole/);
});

test.each([
  ['none', {}],
  ['a low one', advisory('low')],
])('%s passes', async (_name, advisories) => {
  const { code, said } = await audit(await registry(200, advisories));
  expect(said).toMatch(/^No package that runs in production/);
  expect(code).toBe(0);
});

test('a registry without advisories is said to have checked nothing', async () => {
  const url = await registry(405, { message: 'Method Not Allowed' });
  const { code, said } = await audit(url);
  expect(code).toBe(0);
  expect(said).toMatch(/were NOT checked/);
  expect((await audit(url, { AUDIT_REQUIRED: 'true' })).code).toBe(3);
});
