import type { MergedLog } from './logs/createMergedLog.ts';
import type { ProcessSpec } from './process/processSpec.ts';
import { supervise, type SuperviseOptions, type Supervised } from './process/supervise.ts';
import type { WaitingBoard } from './createWaitingBoard.ts';

/** When a process is ended: the last ones first. */
export type Stage = 'database' | 'servers' | 'fronts' | 'workers';

const STOP_ORDER: readonly Stage[] = ['workers', 'fronts', 'servers', 'database'];

/** All processes of a start, kept running until they are ended in order. */
export interface Crew {
  /** Starts a process and resolves when it is ready. */
  add: (
    stage: Stage,
    spec: ProcessSpec,
    options?: Pick<SuperviseOptions, 'beforeStart'>,
  ) => Promise<void>;
  /** Ends everything, workers first and the database last; no process can be added afterwards. */
  stop: () => Promise<void>;
}

/** Makes an empty crew whose process ids are recorded in `recordsDir`. */
export function createCrew(log: MergedLog, board: WaitingBoard, recordsDir: string): Crew {
  const members = new Map<Stage, Supervised[]>(STOP_ORDER.map((stage) => [stage, []]));
  let isStopping = false;
  return {
    add: async (stage, spec, { beforeStart } = {}) => {
      if (isStopping) throw new Error(`${spec.name} was not started any more.`);
      board.wait(spec.name);
      const member = supervise(spec, {
        recordsDir,
        onNews: log.say,
        onLine: (line) => {
          // While everything ends, the last words of the servers would only worry.
          const isFarewell = isStopping && stage !== 'workers';
          log.line(spec.name, line, !isFarewell && isWorthShowing(spec, line));
        },
        ...(beforeStart === undefined ? {} : { beforeStart }),
      });
      members.get(stage)?.push(member);
      await member.ready;
      board.done(spec.name);
    },
    stop: async () => {
      isStopping = true;
      for (const stage of STOP_ORDER) {
        await Promise.all((members.get(stage) ?? []).map((member) => member.stop()));
      }
    },
  };
}

const isWorthShowing = (spec: ProcessSpec, line: string) =>
  line.trim() !== '' && spec.isShown?.(line) !== false;
