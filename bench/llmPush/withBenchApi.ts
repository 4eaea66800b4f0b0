import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../../core/contracts/access.ts';
import { startBenchPostgres } from '../ingest/startBenchPostgres.ts';
import { type BenchApi, startBenchApi } from './startBenchApi.ts';

/** Runs with a Postgres and an API of its own, in a folder that is named after the benchmark and removed afterwards. */
export async function withBenchApi(
  name: string,
  scopes: Scope[],
  run: (databaseUrl: string, api: BenchApi) => Promise<void>,
): Promise<void> {
  const cache = join(process.cwd(), '.cache', 'bench');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `${name}-`));
  try {
    const postgres = await startBenchPostgres(folder);
    try {
      const api = await startBenchApi(postgres.url, folder, { scopes });
      try {
        await run(postgres.url, api);
      } finally {
        await api.stop();
      }
    } finally {
      await postgres.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
