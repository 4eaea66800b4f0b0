import type { LimitKeyPlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Observed, Step, StepView } from '../actionAdapter.ts';
import type { LlmAdmin } from './createLlmAdmin.ts';
import { limitPath, nameOf, observeLimits, type ProjectLimit } from './openAiLimits.ts';

/** Brings a project's rate limits to the goal: a call for each model whose limits are not there yet. */
export function createSetLimits(admin: LlmAdmin): Step<LimitKeyPlan> {
  return {
    isDone: (view) => {
      // Nothing was lowered by us, so nothing is ours to raise.
      if (view.direction === 'back' && view.callsMade('limitApiKey') === 0) return true;
      assertOurs(view);
      return view.goal.limits.every((limit) => isEmpty(missingOf(limit, view.observed)));
    },
    act: async ({ plan, goal, observed }, claimNext) => {
      let isFirst = true;
      for (const limit of goal.limits) {
        const missing = missingOf(limit, observed);
        if (isEmpty(missing)) continue;
        // The first call was claimed with the step.
        if (!isFirst) await claimNext();
        isFirst = false;
        await admin.post(
          limitPath(plan.resource.accountId, limit.id),
          `the rate limit of ${limit.model}`,
          missing,
        );
      }
    },
    summary: ({ plan, direction, goal }) =>
      `The rate limits of the project ${plan.resource.accountId} are ${
        direction === 'forward' ? 'lowered' : 'as they were'
      }, for ${goal.limits.length} models`,
  };
}

// A model that OpenAI took away meanwhile has no limits to change.
function missingOf({ id, values }: ProjectLimit, observed: Observed): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter(([field, value]) => {
      const seen = observed[nameOf(id, field)];
      return seen !== undefined && seen !== String(value);
    }),
  );
}

function assertOurs({ plan, observed }: StepView<LimitKeyPlan>): void {
  const before = observeLimits(plan.before.limits);
  const after = observeLimits(plan.after.limits);
  const isForeign = Object.keys(before).some((name) => {
    const seen = observed[name];
    return seen !== undefined && seen !== before[name] && seen !== after[name];
  });
  if (!isForeign) return;
  throw new CostGuardError(
    'resource_changed',
    'Somebody else changed the project’s rate limits; they were left as they are.',
  );
}

const isEmpty = (values: Record<string, number>) => Object.keys(values).length === 0;
