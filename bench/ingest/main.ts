import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openFocusFile } from '../../cli/commands/import/openFocusFile.ts';
import { readBatches } from '../../cli/commands/import/readBatches.ts';
import { COPY_COLUMNS, COST_STATEMENTS } from '../../db/queries/costs/costStatements.ts';
import { runImport } from './runImport.ts';
import { startBenchPostgres } from './startBenchPostgres.ts';
import { writeFocusFile } from './writeFocusFile.ts';

// How many rows of a FOCUS file `costguard import` stores in a second, beside a bare COPY of the same rows and columns,
// already encoded, into a table without keys, in the same Postgres in the same run. And how much memory it needs for a file
// and for one of a tenth of it.
const ROWS = Number(process.argv[2] ?? 1_000_000);
const LIMIT_RATIO = 0.5;
const LIMIT_MEGABYTES = 300;
const SMALL = Math.ceil(ROWS / 10);

// Other work on the machine slows both down, not always at the same time: they take turns, and the best round of each counts.
const ROUNDS = Number(process.argv[3] ?? 3);

const cache = join(process.cwd(), '.cache', 'bench');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'ingest-'));
const line = (text: string) => process.stdout.write(`${text}\n`);
const verdict = (isMet: boolean) => (isMet ? 'met' : 'NOT met');
try {
  const postgres = await startBenchPostgres(folder);
  try {
    await measure(postgres.url);
  } finally {
    await postgres.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(url: string): Promise<void> {
  const big = join(folder, 'big.csv');
  const small = join(folder, 'small.csv');
  const encoded = join(folder, 'big.copy');
  await writeFocusFile(big, ROWS, 1);
  await writeFocusFile(small, SMALL, 2);
  await encode(big, encoded);
  const copies: number[] = [];
  const imports: Awaited<ReturnType<typeof runImport>>[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    copies.push(await bareCopy(url, encoded));
    imports.push(await runImport(url, big, `round ${round}`));
  }
  const again = await runImport(url, big, 'round 1');
  const little = await runImport(url, small, 'small');
  report(
    copies,
    imports.map(({ seconds }) => seconds),
    again.seconds,
  );
  const peak = Math.max(again.peakRssMegabytes, ...imports.map((run) => run.peakRssMegabytes));
  line(
    `memory: ${peak.toFixed(0)} MB for ${ROWS} rows, ${little.peakRssMegabytes.toFixed(0)} MB for ${SMALL}; limit ${LIMIT_MEGABYTES} MB: ${verdict(Math.max(peak, little.peakRssMegabytes) <= LIMIT_MEGABYTES)}`,
  );
}

function report(copies: readonly number[], imports: readonly number[], again: number): void {
  const rate = (seconds: number) => ROWS / seconds;
  const all = (seconds: readonly number[]) => seconds.map((s) => s.toFixed(1)).join(', ');
  const [copy, stored] = [Math.min(...copies), Math.min(...imports)];
  line(`bare COPY, ${ROWS} rows: ${rate(copy).toFixed(0)} rows/s (${all(copies)} s)`);
  line(`costguard import: ${rate(stored).toFixed(0)} rows/s (${all(imports)} s)`);
  line(
    `ratio ${(copy / stored).toFixed(2)}, limit ${LIMIT_RATIO}: ${verdict(copy / stored >= LIMIT_RATIO)}`,
  );
  line(`the same file again: ${rate(again).toFixed(0)} rows/s`);
}

/** The rows as COPY takes them, so that the peer has nothing to do but store them. */
async function encode(csv: string, target: string): Promise<void> {
  const source = await openFocusFile(csv);
  const file = createWriteStream(target);
  for await (const { lines } of readBatches(source, { strict: true })) {
    if (!file.write(lines)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  await source.close();
}

async function bareCopy(url: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      COST_STATEMENTS.createStaging
        .replace('create temp table staging', 'create table bare')
        .replace('on commit drop', ''),
    );
    const started = performance.now();
    await pipeline(
      createReadStream(file, { highWaterMark: 262_144 }),
      client.query(copyFrom(`copy bare (${COPY_COLUMNS}) from stdin`)),
    );
    const seconds = (performance.now() - started) / 1000;
    await client.query('drop table bare');
    return seconds;
  } finally {
    await client.end();
  }
}
