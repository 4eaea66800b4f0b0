import { cancellationSignal } from '@temporalio/activity';
import { addDays, utcDay } from '../../core/time/day.ts';
import { heartbeating } from '../actions/heartbeating.ts';
import type { PlatformApi } from '../platform/platformApi.ts';
import { judgeLlm, type JudgeLlmResult } from './judge/judgeLlm.ts';
import { type KeyFinding, proposeKeyLimit } from './propose/proposeKeyLimit.ts';
import {
  createLlmPullActivities,
  type LlmPullDependencies,
} from './pull/createLlmPullActivities.ts';
import { reconcileLlm } from './reconcile/reconcileLlm.ts';

/** What the activities on language models' use use. */
export interface LlmDependencies extends LlmPullDependencies {
  api: PlatformApi;
}

// Cost reports are final then.
const RECONCILED_AFTER_DAYS = 3;

/** The activities of the task queue `llm`. */
export function createLlmActivities(dependencies: LlmDependencies) {
  const { db, api, openTracker, now } = dependencies;
  return {
    ...createLlmPullActivities(dependencies),
    /** Compares the newest UTC day whose bill is final with our own prices. */
    reconcileLlm: ({ connectionId }: { connectionId: string }): Promise<{ drifted: number }> =>
      heartbeating(() => {
        const day = addDays(utcDay(now()), -RECONCILED_AFTER_DAYS);
        const signal = cancellationSignal();
        return reconcileLlm({ db, openCosts: openTracker, signal }, { connectionId, day });
      }),
    /** Judges the use up to now. */
    judgeLlm: ({ connectionId }: { connectionId: string }): Promise<JudgeLlmResult> =>
      heartbeating(() => judgeLlm({ db, api }, { connectionId, until: now().toISOString() })),
    proposeKeyLimit: (finding: KeyFinding): Promise<boolean> =>
      proposeKeyLimit({ api, db }, finding),
  };
}

/** Their types, for the workflow. */
export type LlmActivities = ReturnType<typeof createLlmActivities>;
