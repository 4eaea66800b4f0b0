import { z } from 'zod';
import type { LimitKeyPlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import type { ActionAdapter, Step } from '../actionAdapter.ts';
import type { LlmAdmin } from './createLlmAdmin.ts';
import { SAVING_BASIS } from './savingBasis.ts';

const Key = z.object({
  id: z.string(),
  name: z.string().nullish(),
  status: z.string(),
  workspace_id: z.string().nullish(),
});
type Key = z.output<typeof Key>;

// The only two that can be set and taken back; archived and expired are for good.
const ACTIVE = 'active';
const INACTIVE = 'inactive';

/**
 * Limits an API key of Anthropic: it is set inactive, and active again on the way back. Other keys go on.
 *
 * @see https://docs.anthropic.com/en/api/admin-api/apikeys/update-api-key
 */
export function createAnthropicKeyLimit(admin: LlmAdmin): ActionAdapter<LimitKeyPlan> {
  return {
    plan: async (action) => planLimit(await readKey(admin, action.resourceId), action),
    preflight: async ({ resource }) => {
      const { status } = await readKey(admin, resource.resourceId);
      if (status === ACTIVE) return {};
      throw new CostGuardError(
        'resource_changed',
        `The plan was made for an active key; it now is ${status}. Nothing is left to limit.`,
      );
    },
    observe: async ({ resource }) => ({
      state: (await readKey(admin, resource.resourceId)).status,
    }),
    steps: { limitApiKey: createSetStatus(admin) },
    assertArrived: ({ after }, observed) => {
      if (observed['state'] === after.state) return;
      throw new CostGuardError('resource_busy', `The key is not ${after.state} yet.`);
    },
    checkHealth: () => Promise.resolve('healthy'),
  };
}

function planLimit(key: Key, action: StoredAction): LimitKeyPlan {
  if (key.status !== ACTIVE) {
    throw new CostGuardError(
      'key_not_limitable',
      `The key is ${key.status} already; there is nothing to limit.`,
    );
  }
  return {
    kind: 'limit_api_key',
    resource: {
      provider: action.provider,
      accountId: key.workspace_id ?? 'default workspace',
      region: '',
      resourceId: action.resourceId,
      resourceName: key.name ?? null,
    },
    before: { state: ACTIVE, limits: [] },
    after: { state: INACTIVE, limits: [] },
    calls: [
      {
        service: 'anthropic',
        operation: 'POST /v1/organizations/api_keys/{id}',
        parameters: { id: action.resourceId, status: INACTIVE },
      },
    ],
    expectedMonthlySaving: null,
    savingBasis: SAVING_BASIS,
    risks: [
      'Everything that uses this key is refused from then on, until the key is active again; other keys go on.',
      'A rollback makes the same key active again. What was refused meanwhile is not made up for.',
      'Requests and batches that Anthropic took before are finished and billed.',
    ],
  };
}

function createSetStatus(admin: LlmAdmin): Step<LimitKeyPlan> {
  return {
    isDone: ({ observed, goal, direction, callsMade }) => {
      const state = observed['state'] ?? '';
      // Where the key was inactive before we called, somebody else saw to it, and it stays so.
      if (direction === 'back' && callsMade('limitApiKey') === 0) return true;
      if (state === goal.state) return true;
      if (state === ACTIVE || state === INACTIVE) return false;
      throw new CostGuardError(
        'resource_not_found',
        `The key is ${state}: it cannot be used, nor made active again.`,
      );
    },
    act: ({ plan, goal }) =>
      admin.post(pathOf(plan.resource.resourceId), 'the API key', { status: goal.state }),
    summary: ({ observed }) => `The API key is ${String(observed['state'])}`,
  };
}

function readKey(admin: LlmAdmin, keyId: string): Promise<Key> {
  return admin.get(pathOf(keyId), `the API key ${keyId}`, Key);
}

const pathOf = (keyId: string) => `/v1/organizations/api_keys/${encodeURIComponent(keyId)}`;
