/** A process to start: what it is called, how it runs, and how to tell that it does its work. */
export interface ProcessSpec {
  /** Short and unique in a run; prefixes its log lines. */
  name: string;
  command: string;
  args: readonly string[];
  /** Words by which its command line is recognised later, where a wrapper's `args` are not those; default `args`. */
  knownBy?: readonly string[];
  /** The whole environment of the process; secrets travel here, never in `args`. */
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Who it runs as, where that is not the user who started CostGuard. */
  user?: { uid: number; gid: number };
  /** Asked, with its process id, until it answers true; an error counts as "not yet". Without it: ready at once. */
  isReady?: (pid: number) => Promise<boolean>;
  /** Milliseconds until readiness counts as missed; default 60,000. */
  readyTimeoutMs?: number;
  /** How it is asked to end; default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Milliseconds between asking and killing; default 8,000. */
  stopTimeoutMs?: number;
  /** Which of its lines a person at the terminal should see; default all. The log file gets every line. */
  isShown?: (line: string) => boolean;
}
