import type pg from 'pg';
import {
  type CostOwner,
  type DayPeriod,
  ensurePartitions,
  type ReplacedPeriods,
} from './costPeriods.ts';
import { COST_STATEMENTS } from './costStatements.ts';
import { inBulkTransaction, lockCosts } from './inBulkTransaction.ts';
import { copyInto, mergeStaged } from './mergeStaged.ts';
import { settleDays } from './settleDays.ts';

type Piece = string | Uint8Array;

/** The charges of a file, to replace whole periods of one connection. */
export interface ImportCosts {
  /** Lines of COPY (`encodeCopyRow`), some at a time. */
  lines: AsyncIterable<Piece>;
  /** The connection, which may be made in the same transaction; asked for when the first lines are there. */
  connection: (client: pg.PoolClient) => Promise<CostOwner>;
  /** The periods that the lines so far tell all of; they hold every line, do not overlap, and only grow. */
  periods: () => readonly DayPeriod[];
  /** More to do in the same transaction, when the costs stand. */
  finish?: (client: pg.PoolClient, owner: CostOwner) => Promise<void>;
  seenAt: Date;
}

/**
 * Makes a connection's costs of the periods of a file exactly what its lines say, in one transaction.
 *
 * While nothing is stored of the periods that the lines so far reach into, they are copied straight to where they stay;
 * charges that the file names twice are looked for afterwards. From the first line on that belongs to a period of which
 * something is stored, all go into a staging table and are merged from there, as those of a poll are.
 *
 * @throws whatever `lines`, `connection` and `finish` throw, and the database's errors; nothing is stored then
 */
export async function importCosts(pool: pg.Pool, input: ImportCosts): Promise<ReplacedPeriods> {
  return inBulkTransaction(pool, async (client) => {
    const lines = startReading(input.lines);
    try {
      await lines.read();
      const owner = await input.connection(client);
      await lockCosts(client, owner.id);
      const isStored = await copyUntouched(pool, client, owner, input.periods, lines);
      const settle = isStored ? settleStored : stageRest;
      const result = await settle({ pool, client, owner, input, lines });
      await input.finish?.(client, owner);
      return result;
    } finally {
      await lines.close();
    }
  });
}

interface Reading {
  /** The piece that was read and not yet taken; undefined after the last. */
  piece: () => Piece | undefined;
  read: () => Promise<void>;
  close: () => Promise<void>;
}

function startReading(lines: AsyncIterable<Piece>): Reading {
  const iterator = lines[Symbol.asyncIterator]();
  let piece: Piece | undefined;
  return {
    piece: () => piece,
    read: async () => {
      const next = await iterator.next();
      piece = next.done === true ? undefined : next.value;
    },
    close: async () => {
      await iterator.return?.();
    },
  };
}

/** Copies lines to `cost_records` until they reach into a period that holds costs; true when all are copied. */
async function copyUntouched(
  pool: pg.Pool,
  client: pg.PoolClient,
  owner: CostOwner,
  periods: ImportCosts['periods'],
  lines: Reading,
): Promise<boolean> {
  await client.query(`select set_config('costguard.connection_id', $1, true)`, [owner.id]);
  const { rows } = await client.query<{ day: string }>(COST_STATEMENTS.listDays, [owner.id]);
  const stored = rows.map(({ day }) => day);
  let copied: readonly DayPeriod[] = [];
  do {
    const covered = periods();
    const before = JSON.stringify(covered);
    if (covered.some(({ from, to }) => stored.some((day) => day >= from && day < to))) {
      await unstore(client, owner, copied);
      return false;
    }
    await ensurePartitions(pool, covered);
    // A COPY knows only the partitions that were there when it began.
    await copyInto(
      client,
      'cost_records',
      takeWhile(lines, () => JSON.stringify(periods()) === before),
    );
    copied = covered;
  } while (lines.piece() !== undefined);
  return true;
}

async function* takeWhile(lines: Reading, isStill: () => boolean): AsyncGenerator<Piece> {
  for (let piece = lines.piece(); piece !== undefined && isStill(); piece = lines.piece()) {
    yield piece;
    await lines.read();
  }
}

/** Moves what was copied, of periods that held nothing before, to the staging table. */
async function unstore(
  client: pg.PoolClient,
  owner: CostOwner,
  copied: readonly DayPeriod[],
): Promise<void> {
  await client.query(COST_STATEMENTS.createStaging);
  for (const { from, to } of copied) {
    await client.query(COST_STATEMENTS.moveToStaging, [owner.id, from, to]);
  }
}

interface Settling {
  pool: pg.Pool;
  client: pg.PoolClient;
  owner: CostOwner;
  input: ImportCosts;
  lines: Reading;
}

async function settleStored({ client, owner, input }: Settling): Promise<ReplacedPeriods> {
  const periods = input.periods();
  // Nothing is known yet to the planner of what was just copied: it would go through all of it in the order of the index,
  // page for page in no order at all, and sort for groups that are few.
  await client.query('set local enable_indexscan = off');
  await client.query('set local enable_sort = off');
  // What lies between the periods is counted too, and found as it was.
  const reach = [owner.id, periods[0]?.from, periods.at(-1)?.to];
  const repeated = await client.query(COST_STATEMENTS.findRepeated, reach);
  if (repeated.rowCount !== 0) await client.query(COST_STATEMENTS.addUpRepeated, reach);
  await client.query(COST_STATEMENTS.dailyOfStored, [...reach, owner.provider]);
  await client.query('set local enable_indexscan = on');
  await client.query('set local enable_sort = on');
  return settleDays(client, owner, periods, input.seenAt);
}

async function stageRest(settling: Settling): Promise<ReplacedPeriods> {
  const { pool, client, owner, input, lines } = settling;
  await copyInto(
    client,
    'staging',
    takeWhile(lines, () => true),
  );
  await ensurePartitions(pool, input.periods());
  return mergeStaged(client, owner, input.periods(), input.seenAt);
}
