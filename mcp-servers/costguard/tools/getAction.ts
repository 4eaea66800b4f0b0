import { ActionDetail, type ActionPlan } from '../../../core/contracts/action.ts';
import { getActionContract } from '../../../core/mcp/platform/getAction.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import type { Platform } from '../platform.ts';
import { findNextStep } from './findNextStep.ts';
import { toActionFields } from './toActionFields.ts';

/** `get_action`. */
export const createGetAction = ({ api, links }: Platform): Tool =>
  defineTool(
    getActionContract,
    async ({ actionId }, call) => {
      const action = await api.ask(
        { path: `/api/v1/actions/${actionId}`, scope: 'actions:read', reply: ActionDetail },
        call,
      );
      return {
        action: {
          ...toActionFields(action, links),
          decisionReason: action.decisionReason,
          rollbackUntil: action.rollbackUntil,
          failureCode: action.failure?.code ?? null,
          failureDetail: action.failure?.detail ?? null,
        },
        plan: action.plan && toPlan(action.plan),
        events: action.events.map(({ at, type, status, actor, summary }) => ({
          ...{ at, type, status, actor, summary },
        })),
        nextStep: findNextStep(action, links.action(action.id)) ?? null,
      };
    },
    { scopes: ['mcp:read', 'actions:read'] },
  );

const toPlan = ({ resource, before, after, calls, savingBasis, risks }: ActionPlan) => ({
  accountId: resource.accountId,
  ResourceName: resource.resourceName,
  before: toShape(before),
  after: toShape(after),
  ...{ calls, savingBasis, risks },
});

// The limits of a key's project stand in the calls.
const toShape = (shape: ActionPlan['before']) => ({
  instanceType: 'instanceType' in shape ? shape.instanceType : null,
  state: shape.state,
});
