import { planPull, type PullPlan } from '../../../core/llm/planPull.ts';
import { readPullState } from '../../../db/queries/llm/pullState.ts';
import type { LlmPullDependencies } from './createLlmPullActivities.ts';

/** Says which pages a poll reads. Reads only, so a second run is safe. */
export function createPlanPull({ db, now }: Pick<LlmPullDependencies, 'db' | 'now'>) {
  return async ({ connectionId }: { connectionId: string }): Promise<PullPlan> =>
    planPull({ ...(await readPullState(db, connectionId)), now: now() });
}
