import { z } from 'zod';
import type { LimitKeyPlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import type { ActionAdapter } from '../actionAdapter.ts';
import type { LlmAdmin } from './createLlmAdmin.ts';
import { createSetLimits } from './openAiLimitSteps.ts';
import { limitPath, observeLimits, type ProjectLimit, readLimits } from './openAiLimits.ts';
import { SAVING_BASIS } from './savingBasis.ts';

const Key = z.object({ id: z.string(), name: z.string().nullish() });

// OpenAI documents no smallest value; one is the smallest that it is sure to take.
const LEAST = 1;

/**
 * Limits an API key of OpenAI. OpenAI can delete a key, for good, but not pause one; the mildest that stops its spending
 * and can be taken back are the rate limits of its project, which hold for every key of the project.
 *
 * @see https://platform.openai.com/docs/api-reference/project-rate-limits
 * @see https://platform.openai.com/docs/api-reference/project-api-keys/delete
 */
export function createOpenAiKeyLimit(admin: LlmAdmin): ActionAdapter<LimitKeyPlan> {
  return {
    plan: async (action) => {
      const projectId = projectOf(action);
      const key = await readKey(admin, projectId, action.resourceId);
      return planLimit(action, projectId, key.name ?? null, await readLimits(admin, projectId));
    },
    preflight: async (plan) => {
      await readKey(admin, plan.resource.accountId, plan.resource.resourceId);
      assertUnchanged(plan, await readLimits(admin, plan.resource.accountId));
      return {};
    },
    observe: async ({ resource }) => observeLimits(await readLimits(admin, resource.accountId)),
    steps: { limitApiKey: createSetLimits(admin) },
    assertArrived: ({ after }, observed) => {
      const goal = Object.entries(observeLimits(after.limits));
      const isThere = goal.every(([name, value]) => (observed[name] ?? value) === value);
      if (isThere) return;
      throw new CostGuardError(
        'resource_busy',
        'The project’s rate limits are not as planned yet.',
      );
    },
    checkHealth: () => Promise.resolve('healthy'),
  };
}

function planLimit(
  action: StoredAction,
  projectId: string,
  resourceName: string | null,
  all: readonly ProjectLimit[],
): LimitKeyPlan {
  const before = all.filter(isLimitable);
  if (before.length === 0) {
    throw new CostGuardError(
      'key_not_limitable',
      `The project ${projectId} has no rate limit that could be lowered; there is nothing to limit.`,
    );
  }
  const after = before.map(toLeast);
  return {
    kind: 'limit_api_key',
    resource: {
      provider: action.provider,
      accountId: projectId,
      region: '',
      resourceId: action.resourceId,
      resourceName,
    },
    before: { state: 'open', limits: before },
    after: { state: 'limited', limits: after },
    calls: after.map(({ id, values }) => ({
      service: 'openai',
      operation: `POST ${limitPath(projectId, id)}`,
      parameters: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, String(value)]),
      ),
    })),
    expectedMonthlySaving: null,
    savingBasis: SAVING_BASIS,
    risks: [
      `OpenAI cannot pause a single key: the rate limits of its project ${projectId} are lowered to ${LEAST}, so every key of the project all but stops, on ${before.length} models.`,
      'A rollback writes today’s numbers back as limits of the project. That they came from the organisation, and would follow it, cannot be restored.',
      'Deleting the key would stop it alone, but cannot be undone; CostGuard does not do it. If the key has leaked, delete it at OpenAI.',
      'A request a minute may still pass, and what OpenAI took before is finished and billed. Models for which the project has no rate limit are not held back.',
    ],
  };
}

function assertUnchanged(plan: LimitKeyPlan, now: readonly ProjectLimit[]): void {
  const planned = observeLimits(plan.before.limits);
  const found = observeLimits(now.filter(isLimitable));
  const names = new Set([...Object.keys(planned), ...Object.keys(found)]);
  if ([...names].every((name) => planned[name] === found[name])) return;
  throw new CostGuardError(
    'resource_changed',
    'The project’s rate limits are not those of the plan any more. Propose the action again.',
  );
}

const isLimitable = ({ values }: ProjectLimit) =>
  Object.values(values).some((value) => value > LEAST);

const toLeast = ({ id, model, values }: ProjectLimit): ProjectLimit => ({
  id,
  model,
  values: Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Math.min(value, LEAST)]),
  ),
});

function projectOf({ target }: StoredAction): string {
  if ('projectId' in target && target.projectId !== null) return target.projectId;
  throw new TypeError('A limit of an OpenAI key was planned without its project.');
}

// By project and id: a key of another project is not found.
function readKey(admin: LlmAdmin, projectId: string, keyId: string) {
  return admin.get(
    `/organization/projects/${encodeURIComponent(projectId)}/api_keys/${encodeURIComponent(keyId)}`,
    `the API key ${keyId} in the project ${projectId}`,
    Key,
  );
}
