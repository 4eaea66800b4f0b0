/** What was found of one part. */
export interface Finding {
  part: string;
  /** `away`: it could not be reached; `failed`: it answers, and something is wrong; `warning`: it works, and could fail. */
  status: 'ok' | 'warning' | 'failed' | 'away';
  /** What is the case, in a few words. */
  said: string;
  /** What to do about it; everything but `ok` has it. */
  todo?: string;
}

/** All is well. */
export const ok = (part: string, said: string): Finding => ({ part, status: 'ok', said });

/** Something is not. */
export const not = (
  status: Exclude<Finding['status'], 'ok'>,
  part: string,
  said: string,
  todo: string,
): Finding => ({ part, status, said, todo });
