import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../cli/launch/projectRoot.ts';
import { makeVenv } from '../../../cli/launch/python/makeVenv.ts';
import { runCommand } from '../../../cli/launch/runCommand.ts';
import { userCacheDir } from '../../../cli/launch/userCacheDir.ts';

const requirementsFile = join(projectRoot, 'tools', 'bigquery-requirements.txt');
// The emulator needs DuckDB's spatial extension in the home folder; the wheel beside it brings that.
const IMPORT_SPATIAL =
  'from duckdb_extensions import import_extension; import_extension("spatial")';
const FIND_DOCUMENTS =
  'import os, googleapiclient; print(os.path.join(os.path.dirname(googleapiclient.__file__), "discovery_cache", "documents"))';

/** The installed emulator. */
export interface BigQueryProgram {
  /** `bqemulator`. */
  program: string;
  /** The folder that it takes for its home. */
  home: string;
  /** The folder of Google's discovery documents. */
  documents: string;
}

/**
 * Makes sure that the user's cache has a Python virtual environment with the pinned BigQuery emulator and Google's
 * discovery documents. Takes about a minute the first time, needs PyPI for that, and nothing afterwards.
 *
 * @throws Error where there is no Python 3.10 or later with `venv`
 */
export async function ensureBigQuery(): Promise<BigQueryProgram> {
  const key = createHash('sha256')
    .update(readFileSync(requirementsFile))
    .digest('hex')
    .slice(0, 12);
  const home = join(userCacheDir(), `bigquery-${key}`);
  const mark = join(home, 'documents.txt');
  if (!existsSync(mark)) await install(home, mark);
  return {
    program: join(home, 'bin', 'bqemulator'),
    home,
    documents: readFileSync(mark, 'utf8').trim(),
  };
}

async function install(home: string, mark: string): Promise<void> {
  const python = await makeVenv(home, requirementsFile);
  const env = { ...process.env, HOME: home };
  await runCommand({ command: python, args: ['-c', IMPORT_SPATIAL], timeoutMs: 60_000, env });
  const documents = await runCommand({
    command: python,
    args: ['-c', FIND_DOCUMENTS],
    timeoutMs: 60_000,
  });
  writeFileSync(mark, documents);
}
