import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessSpec } from './processSpec.ts';
import { describeEnd, type RunningProcess, startProcess } from './startProcess.ts';

/** What a supervised process needs from around it. */
export interface SuperviseOptions {
  /** Told in words what happens to the process: that it ended and when it starts again. */
  onNews: (line: string) => void;
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  recordsDir: string;
  /** Runs before each start, for instance to clear what an unclean stop left. */
  beforeStart?: () => Promise<void>;
  /** Milliseconds before the first, and at most before any, restart; default 500 and 15,000. */
  backoffMs?: { first: number; max: number };
  /** Milliseconds of work after which the next restart is quick again; default 30,000. */
  healthyAfterMs?: number;
  /** How often it may fail before it was ever ready; then `ready` rejects. Default 5. */
  firstAttemptsMax?: number;
}

/** A process that is started again whenever it ends. */
export interface Supervised {
  readonly name: string;
  /** Resolves when it is ready for the first time; rejects when it never got there or was stopped before. */
  readonly ready: Promise<void>;
  /** Ends it for good. */
  stop: () => Promise<void>;
}

/** Exit code of our own processes for a wrong configuration: starting them again cannot help. */
const WRONG_CONFIGURATION = 2;

/** Starts a process and keeps it running: restarts wait 0.5 s at first and twice as long each time, 15 s at most. */
export function supervise(spec: ProcessSpec, options: SuperviseOptions): Supervised {
  const stopping = new AbortController();
  let current: RunningProcess | undefined;
  let loop = Promise.resolve();
  const ready = new Promise<void>((resolve, reject) => {
    loop = keepRunning(spec, options, {
      signal: stopping.signal,
      onStart: (child) => (current = child),
      onReady: resolve,
      onHopeless: reject,
    });
    stopping.signal.addEventListener('abort', () =>
      reject(new Error(`${spec.name} was stopped before it was ready.`)),
    );
  });
  // A stop before it was ready is no error that nobody handles.
  ready.catch(() => undefined);
  return {
    name: spec.name,
    ready,
    stop: async () => {
      stopping.abort();
      await current?.stop();
      await loop;
    },
  };
}

interface Hooks {
  signal: AbortSignal;
  onStart: (child: RunningProcess) => void;
  onReady: () => void;
  onHopeless: (error: Error) => void;
}

async function keepRunning(
  spec: ProcessSpec,
  options: SuperviseOptions,
  hooks: Hooks,
): Promise<void> {
  const { first, max } = options.backoffMs ?? { first: 500, max: 15_000 };
  const healthyAfterMs = options.healthyAfterMs ?? 30_000;
  let attemptsLeft = options.firstAttemptsMax ?? 5;
  let waitMs = first;
  let hasBeenReady = false;
  const isStopped = () => hooks.signal.aborted;
  while (!isStopped()) {
    const life = await liveOnce(spec, options, hooks);
    if (isStopped()) return;
    hasBeenReady ||= life.readyForMs !== undefined;
    if (!hasBeenReady && (--attemptsLeft <= 0 || life.code === WRONG_CONFIGURATION)) {
      hooks.onHopeless(new Error(`${spec.name} does not start: ${life.ending}`));
      return;
    }
    if ((life.readyForMs ?? 0) >= healthyAfterMs) waitMs = first;
    options.onNews(`${spec.name} ${life.ending}; starting it again in ${waitMs / 1000} s`);
    await delay(waitMs, undefined, { signal: hooks.signal }).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, max);
  }
}

interface Life {
  /** In words: `ended with signal SIGKILL`. */
  ending: string;
  code: number | null;
  /** Undefined when it never became ready. */
  readyForMs: number | undefined;
}

async function liveOnce(spec: ProcessSpec, options: SuperviseOptions, hooks: Hooks): Promise<Life> {
  try {
    await options.beforeStart?.();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ending: `could not be prepared: ${reason}`, code: null, readyForMs: undefined };
  }
  if (hooks.signal.aborted) return { ending: 'was stopped', code: null, readyForMs: undefined };
  const child = startProcess(spec, options);
  hooks.onStart(child);
  let readySince: number | undefined;
  try {
    await child.waitReady();
    readySince = performance.now();
    hooks.onReady();
  } catch (error) {
    await child.stop();
    const end = await child.ended;
    const reason = error instanceof Error ? error.message : describeEnd(end);
    return { ending: `failed (${reason})`, code: end.code, readyForMs: undefined };
  }
  const end = await child.ended;
  const readyForMs = performance.now() - readySince;
  return { ending: `ended with ${describeEnd(end)}`, code: end.code, readyForMs };
}
