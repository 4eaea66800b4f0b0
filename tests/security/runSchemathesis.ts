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

/**
 * Runs schemathesis with every check against an API's OpenAPI document. `headers` are sent with each request, `examples` is
 * how many random requests each operation gets besides the systematic ones; the same seed makes the same requests.
 */
export async function runSchemathesis(
  url: string,
  options: { headers: Record<string, string>; examples: number; only?: readonly string[] },
): Promise<Verdict> {
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
      ...['--phases', 'examples,coverage,fuzzing', '--seed', '7'],
      ...['--max-examples', String(options.examples), ...headers, ...(options.only ?? [])],
    ],
    {
      cwd,
      env: {
        PATH: process.env['PATH'],
        PYTHONPATH: import.meta.dirname,
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
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
