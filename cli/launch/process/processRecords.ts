import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { waitUntil } from '../waitUntil.ts';
import { findCommandLine } from './findCommandLine.ts';
import { hasExited } from './hasExited.ts';
import type { ProcessSpec } from './processSpec.ts';

const ProcessRecord = z.object({
  pid: z.number().int(),
  name: z.string(),
  words: z.string().array(),
});

/**
 * Writes down a started process as `<recordsDir>/<pid>.json`, so that a later start can end it if this one is killed.
 * The words of its command line are kept to recognise it, because process ids are used again.
 */
export function recordProcess(
  recordsDir: string,
  pid: number,
  spec: Pick<ProcessSpec, 'name' | 'args' | 'knownBy'>,
): void {
  mkdirSync(recordsDir, { recursive: true });
  const record: z.infer<typeof ProcessRecord> = {
    pid,
    name: spec.name,
    words: [...(spec.knownBy ?? spec.args)],
  };
  writeFileSync(join(recordsDir, `${pid}.json`), JSON.stringify(record), { mode: 0o600 });
}

/** Removes what `recordProcess` wrote. */
export function forgetProcess(recordsDir: string, pid: number): void {
  rmSync(join(recordsDir, `${pid}.json`), { force: true });
}

/**
 * Ends every recorded process that still runs and still is the one recorded, with what it started, and returns their
 * names. Records of processes that are gone, or whose id now belongs to something else, are only removed.
 */
export async function reapRecorded(recordsDir: string): Promise<string[]> {
  const records = readRecords(recordsDir);
  const alive = records.filter((record) => isSameProcess(record));
  await Promise.all(alive.map((record) => endRecorded(record)));
  for (const { pid } of records) forgetProcess(recordsDir, pid);
  return alive.map((record) => record.name);
}

/** Sends a signal to every recorded process that still is the one recorded, and waits for nothing. */
export function signalRecorded(recordsDir: string, name: NodeJS.Signals): void {
  for (const record of readRecords(recordsDir)) {
    if (isSameProcess(record)) signalGroup(record.pid, name);
  }
}

function readRecords(recordsDir: string): z.infer<typeof ProcessRecord>[] {
  let names: string[];
  try {
    names = readdirSync(recordsDir);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const parsed = ProcessRecord.safeParse(readJson(join(recordsDir, name)));
    return parsed.success ? [parsed.data] : [];
  });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isSameProcess(record: z.infer<typeof ProcessRecord>): boolean {
  const commandLine = findCommandLine(record.pid);
  return commandLine !== undefined && record.words.every((word) => commandLine.includes(word));
}

async function endRecorded(record: z.infer<typeof ProcessRecord>): Promise<void> {
  const isGone = () => hasExited(record.pid);
  const what = `process ${record.pid} (${record.name}) of an earlier run ends`;
  // SIGINT is a clean and quick stop for Postgres and Temporal, and ends the rest.
  signalGroup(record.pid, 'SIGINT');
  await waitUntil(isGone, { timeoutMs: 4_000, what }).catch(() => {
    signalGroup(record.pid, 'SIGKILL');
    return waitUntil(isGone, { timeoutMs: 5_000, what });
  });
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, name);
    } catch {
      // Gone in the meantime.
    }
  }
}
