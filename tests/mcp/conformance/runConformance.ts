import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { askBroker } from '../../servers/askBroker.ts';

/** The requirement sets of the suite, by protocol revision. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;

/** A protocol revision. */
export type Revision = (typeof REVISIONS)[number];

/** What the suite said of a server. */
export interface ConformanceReport {
  /** 0 only when everything passed that is not in the baseline, and everything in the baseline failed. */
  exitCode: number | null;
  /** Checks by scenario that the suite made: those that passed and those that failed. */
  passed: Map<string, string[]>;
  failed: Map<string, string[]>;
  output: string;
}

const Checks = z.array(z.object({ id: z.string(), status: z.string() }));

/**
 * Runs the official suite's requirement set of a revision against a server at `url`. `baseline` names what is expected to
 * fail, as scenarios or `scenario:check`; an entry that does not fail is an error too.
 */
export async function runConformance(
  url: URL,
  revision: Revision,
  baseline: readonly string[],
): Promise<ConformanceReport> {
  const first = await runSuite(url, revision, baseline);
  // Some of the suite's checks wait half a second only, which a busy machine can take.
  return first.exitCode === 0 ? first : runSuite(url, revision, baseline);
}

async function runSuite(
  url: URL,
  revision: Revision,
  baseline: readonly string[],
): Promise<ConformanceReport> {
  const { folder } = await askBroker('mcp-tools');
  const bin = (name: string) => join(folder, 'node_modules', '.bin', name);
  const results = mkdtempSync(join(tmpdir(), 'costguard-conformance-'));
  try {
    const expected = join(results, 'baseline.yml');
    writeFileSync(expected, stringify({ server: baseline }));
    const options = ['--requirements', revision, '--expected-failures', expected];
    const child = spawn(
      nodeFor(bin('node')),
      [bin('conformance'), 'server', '--url', url.href, ...options, '-o', results],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, output, ...readChecks(results) };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

const NODE_MAJOR_MIN = 22;

/** The suite needs Node 22: the one that is installed beside it, unless this one is new enough. */
export const nodeFor = (installed: string): string =>
  Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN ? process.execPath : installed;

function readChecks(folder: string): Pick<ConformanceReport, 'passed' | 'failed'> {
  const passed = new Map<string, string[]>();
  const failed = new Map<string, string[]>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(entry.name)?.[1];
    if (scenario === undefined) continue;
    const checks = Checks.parse(
      JSON.parse(readFileSync(join(folder, entry.name, 'checks.json'), 'utf8')),
    );
    const having = (status: string) =>
      checks.filter((check) => check.status === status).map(({ id }) => id);
    passed.set(scenario, having('SUCCESS'));
    failed.set(scenario, having('FAILURE'));
  }
  return { passed, failed };
}
