import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { fingerprint } from './cursor.ts';

/** What was spent today, by everybody who keeps the same ledger. */
export interface SpendingLedger {
  /** Requests of a connection on a UTC day so far. */
  used(day: string, connectionId: string): number;
  add(day: string, connectionId: string, count: number): void;
}

/** A ledger in this process only. */
export function createMemoryLedger(): SpendingLedger {
  let current = '';
  const counts = new Map<string, number>();
  const open = (day: string): Map<string, number> => {
    if (day !== current) counts.clear();
    current = day;
    return counts;
  };
  return {
    used: (day, connectionId) => open(day).get(connectionId) ?? 0,
    add: (day, connectionId, count) => {
      open(day).set(connectionId, (counts.get(connectionId) ?? 0) + count);
    },
  };
}

/**
 * A ledger in a folder, so that a restart does not begin the day's budget anew and processes on one machine share it. Each
 * request is a line that is appended (`connection count`, the connection by its fingerprint), which the operating system
 * does not interleave; two processes can pass the last request of a day at the same time. Where the folder cannot be
 * used, that is logged once and the process counts for itself.
 */
export function createFileLedger(folder: string, server: string, log: Logger): SpendingLedger {
  const own = createMemoryLedger();
  let file = openDay(folder, server, '');
  let isUsable = true;

  const guarded = <T>(day: string, work: () => T, instead: T): T => {
    if (!isUsable) return instead;
    try {
      if (file.day !== day) file = openDay(folder, server, day);
      return work();
    } catch (error) {
      isUsable = false;
      log.warn({ err: error, folder }, 'the day’s requests are counted in this process only');
      return instead;
    }
  };
  return {
    used: (day, connectionId) => {
      const here = own.used(day, connectionId);
      const count = () => readNew(file).get(fingerprint(connectionId)) ?? 0;
      return Math.max(here, guarded(day, count, here));
    },
    add: (day, connectionId, count) => {
      own.add(day, connectionId, count);
      const line = `${fingerprint(connectionId)} ${count}\n`;
      guarded(day, () => appendFileSync(file.path, line), undefined);
    },
  };
}

interface DayFile {
  day: string;
  path: string;
  /** Bytes that `counts` already holds. */
  read: number;
  counts: Map<string, number>;
}

const SUFFIX = '.spent';

/** The file of a day; those of other days are removed. */
function openDay(folder: string, server: string, day: string): DayFile {
  const path = join(folder, `${server}-${day}${SUFFIX}`);
  if (day !== '') {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const isPast = name.startsWith(`${server}-`) && name.endsWith(SUFFIX) && !name.includes(day);
      if (isPast) rmSync(join(folder, name), { force: true });
    }
  }
  return { day, path, read: 0, counts: new Map() };
}

/** Takes in what was written since, by whomever. */
function readNew(file: DayFile): ReadonlyMap<string, number> {
  const size = statSync(file.path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= file.read) return file.counts;
  const bytes = Buffer.alloc(size - file.read);
  const fd = openSync(file.path, 'r');
  try {
    readSync(fd, bytes, 0, bytes.length, file.read);
  } finally {
    closeSync(fd);
  }
  // The last line may be half written: it is read next time.
  const end = bytes.lastIndexOf('\n') + 1;
  for (const line of bytes.toString('utf8', 0, end).split('\n')) {
    const [connection = '', count = ''] = line.split(' ');
    if (connection !== '') {
      file.counts.set(connection, (file.counts.get(connection) ?? 0) + (Number(count) || 1));
    }
  }
  file.read += end;
  return file.counts;
}
