import type { LlmAnomalyKind } from '../../contracts/llmFinding.ts';
import type { UseScope } from './useView.ts';

/** USD of a period: what was spent, what the habit is, and the most that the habit explains. */
export interface Amounts {
  actual: number;
  expected: number;
  upper: number;
}

/** What a detector sees at one moment; whether it goes on from earlier is not its business. */
export interface Candidate {
  kind: LlmAnomalyKind;
  scope: UseScope;
  /** Milliseconds UTC. */
  startedAt: number;
  seenUntil: number;
  /** How many times the habit. */
  score: number;
  /** USD that a day of it would cost beyond the habit, at the rate of now. */
  excessADay: number;
  /** The evidence in a sentence. */
  says: string;
  /** USD of any period of it. */
  measure: (from: number, to: number) => Amounts;
}
