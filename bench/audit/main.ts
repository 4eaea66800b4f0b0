import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Database } from '../../db/connect.ts';
import { appendAuditBatch, type AuditEntry } from '../../db/queries/audit/appendAudit.ts';
import { startBenchPostgres } from '../ingest/startBenchPostgres.ts';

// How many entries a second the audit log takes: one a transaction by one writer and by 16 at once, who wait for one
// another's commit, and in batches as reports of cloud calls come. Beside it the same transactions without an entry.
const SECONDS = Number(process.argv[2] ?? 3);
const ROUNDS = [
  { name: '1 writer, 1 entry a transaction', writers: 1, size: 1 },
  { name: '16 writers, 1 entry a transaction', writers: 16, size: 1 },
  { name: '16 writers, 500 entries a transaction', writers: 16, size: 500 },
];

const entry: AuditEntry = {
  actorKind: 'service',
  actorId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  actorName: 'aws-cost',
  operation: 'cloud.call',
  subject: 'connection:0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11',
  detail: {
    server: 'aws-cost-server',
    tool: 'query_costs',
    operation: 'ce:GetCostAndUsage',
    count: 3,
  },
};

const cache = join(process.cwd(), '.cache', 'bench');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'audit-'));
const line = (text: string) => process.stdout.write(`${text}\n`);
try {
  const postgres = await startBenchPostgres(folder);
  const { db, close } = connect(postgres.url, { applicationName: 'bench-audit', poolSizeMax: 16 });
  try {
    for (const { name, writers, size } of ROUNDS) {
      const bare = await perSecond(writers, () => change(db, []));
      const audited = await perSecond(writers, () =>
        change(
          db,
          Array.from({ length: size }, () => entry),
        ),
      );
      line(
        `${name}: ${(audited * size).toFixed(0)} entries/s, ${audited.toFixed(0)} transactions/s; without an entry ${bare.toFixed(0)} (ratio ${(audited / bare).toFixed(2)})`,
      );
    }
  } finally {
    await close();
    await postgres.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A change of a setting of its own, with its entries, as a route makes it. */
async function change(db: Database, entries: AuditEntry[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const key = `bench ${Math.floor(Math.random() * 1e9)}`;
    await tx
      .insertInto('settings')
      .values({ key, value: '1' })
      .onConflict((oc) => oc.doNothing())
      .execute();
    await appendAuditBatch(tx, entries);
  });
}

async function perSecond(writers: number, work: () => Promise<void>): Promise<number> {
  const until = performance.now() + SECONDS * 1000;
  let done = 0;
  const run = async () => {
    while (performance.now() < until) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, run));
  return done / SECONDS;
}
