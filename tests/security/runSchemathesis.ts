import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSchemathesis } from './ensureSchemathesis.ts';

/** What schemathesis said, and whether it found anything. */
export interface Verdict {
  foundNothing: boolean;
  /** From its list of failures on; the headers that it sent are not in it. */
  report: string;
}

/** One run of schemathesis. */
export interface SchemathesisRun {
  /** Sent with each request. */
  headers: Record<string, string>;
  /** How many random requests each operation gets besides the systematic ones; the same seed makes the same requests. */
  examples: number;
  /** Ids that are left alone, each with the one that is asked for instead. */
  kept?: Record<string, string>;
  only?: readonly string[];
}

/** Runs schemathesis with every check against an API's OpenAPI document. */
export async function runSchemathesis(url: string, options: SchemathesisRun): Promise<Verdict> {
  const program = await ensureSchemathesis();
  const cwd = mkdtempSync(join(tmpdir(), 'costguard-schemathesis-'));
  const headers = Object.entries(options.headers).flatMap(([name, value]) => [
    '--header',
    `${name}:${value}`,
  ]);
  const child = spawn(
    program,
    [
      ...['--config-file', join(import.meta.dirname, 'schemathesis.toml'), '--no-color'],
      ...['run', `${url}/openapi.json`, '--checks', 'all', '--continue-on-failure'],
      ...['--phases', 'examples,coverage,fuzzing,stateful', '--seed', '7'],
      ...['--max-examples', String(options.examples), ...headers, ...(options.only ?? [])],
    ],
    {
      cwd,
      env: {
        PATH: process.env['PATH'],
        PYTHONPATH: import.meta.dirname,
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
        SCHEMATHESIS_KEPT: JSON.stringify(options.kept ?? {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  rmSync(cwd, { recursive: true, force: true });
  const failures = said.search(/^=+ (FAILURES|ERRORS) =+$/m);
  return { foundNothing: code === 0, report: failures < 0 ? said : said.slice(failures) };
}
