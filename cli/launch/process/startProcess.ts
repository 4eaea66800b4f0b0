import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { waitUntil } from '../waitUntil.ts';
import { forgetProcess, recordProcess } from './processRecords.ts';
import type { ProcessSpec } from './processSpec.ts';

/** How a process ended; `error` when it never started. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  error?: Error;
}

/** A process that was started. */
export interface RunningProcess {
  readonly spec: ProcessSpec;
  /** Undefined when it never started. */
  readonly pid: number | undefined;
  /** Resolves, never rejects, when the process is gone. */
  readonly ended: Promise<ProcessEnd>;
  /** Resolves once ready; rejects when the process ends first or the time is up. */
  waitReady: () => Promise<void>;
  /** Asks it to end, kills it and what it started when it does not, and waits. */
  stop: () => Promise<void>;
}

/** What to do with the lines the process writes, and where its process id is kept for a later clean-up. */
export interface StartOptions {
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Folder for `recordProcess`; not recorded without it. */
  recordsDir?: string;
}

/**
 * Starts a process in a process group of its own, so that Ctrl-C in a terminal reaches only CostGuard, which ends the
 * others in order.
 */
export function startProcess(spec: ProcessSpec, options: StartOptions): RunningProcess {
  const child = spawn(spec.command, spec.args, {
    env: spec.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    ...spec.user,
  });
  createInterface({ input: child.stdout }).on('line', (line) => options.onLine(line, 'stdout'));
  createInterface({ input: child.stderr }).on('line', (line) => options.onLine(line, 'stderr'));
  const { pid } = child;
  const { recordsDir } = options;
  if (recordsDir !== undefined && pid !== undefined) recordProcess(recordsDir, pid, spec);

  let isGone = false;
  const ended = endOf(child).then((end) => {
    isGone = true;
    // What it started and left behind would go on holding its ports.
    if (pid !== undefined) signal(-pid, 'SIGKILL');
    if (recordsDir !== undefined && pid !== undefined) forgetProcess(recordsDir, pid);
    return end;
  });
  return {
    spec,
    pid,
    ended,
    waitReady: () => waitReady(spec, pid, ended),
    stop: () => (isGone || pid === undefined ? Promise.resolve() : stopGroup(spec, pid, ended)),
  };
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function waitReady(
  spec: ProcessSpec,
  pid: number | undefined,
  ended: Promise<ProcessEnd>,
): Promise<void> {
  if (spec.isReady === undefined) return;
  const { isReady, name, readyTimeoutMs = 60_000 } = spec;
  const stopLooking = new AbortController();
  const endsFirst = ended.then((end) => {
    throw new Error(`${name} ended before it was ready: ${describeEnd(end)}`);
  });
  try {
    await Promise.race([
      endsFirst,
      waitUntil(() => pid !== undefined && isReady(pid), {
        intervalMs: 100,
        timeoutMs: readyTimeoutMs,
        what: `${name} is ready`,
        signal: stopLooking.signal,
      }),
    ]);
  } finally {
    endsFirst.catch(() => undefined);
    stopLooking.abort();
  }
}

/** How a process ended, in words: `exit code 1`, `signal SIGKILL`. */
export function describeEnd(end: ProcessEnd): string {
  if (end.error !== undefined) return end.error.message;
  return end.signal === null ? `exit code ${end.code ?? '?'}` : `signal ${end.signal}`;
}

async function stopGroup(
  spec: ProcessSpec,
  pid: number,
  ended: Promise<ProcessEnd>,
): Promise<void> {
  signal(pid, spec.stopSignal ?? 'SIGTERM');
  const timer = setTimeout(() => signal(-pid, 'SIGKILL'), spec.stopTimeoutMs ?? 8_000);
  await ended;
  clearTimeout(timer);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, and that is what was wanted.
  }
}
