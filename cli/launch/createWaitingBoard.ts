/** Tells, while a start takes long, what it is waiting for. */
export interface WaitingBoard {
  /** Something is waited for from now on; calling it again changes what is said about it. */
  wait: (what: string, detail?: string) => void;
  /** It is there. */
  done: (what: string) => void;
  close: () => void;
}

/**
 * Says every `everyMs` (default 5 s) one line such as `waiting for Temporal: building it from source, 1 min 20 s so far`;
 * nothing when nothing is waited for.
 */
export function createWaitingBoard(
  say: (line: string) => void,
  everyMs = 5_000,
  now: () => number = () => performance.now(),
): WaitingBoard {
  const waiting = new Map<string, { since: number; detail: string }>();
  const timer = setInterval(() => {
    if (waiting.size === 0) return;
    const parts = [...waiting].map(([what, { since, detail }]) =>
      [what, detail === '' ? '' : `: ${detail}`, ', ', duration(now() - since), ' so far'].join(''),
    );
    say(`waiting for ${parts.join('; ')}`);
  }, everyMs);
  timer.unref();
  return {
    wait: (what, detail = '') =>
      waiting.set(what, { since: waiting.get(what)?.since ?? now(), detail }),
    done: (what) => waiting.delete(what),
    close: () => clearInterval(timer),
  };
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
