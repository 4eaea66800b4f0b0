import { z } from 'zod';
import { ActionStatus } from '../../contracts/action.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { actionFields } from './actionFields.ts';
import { field } from './field.ts';
import { platformArgument } from './platformArgument.ts';

const Shape = z.object({
  instanceType: field.textOrNull('Instance type; null for a key'),
  state: field.text('State of the instance or key'),
});

const Plan = brief(
  z.object({
    accountId: field.text('Account'),
    ResourceName: field.textOrNull('Name of the resource'),
    before: Shape.describe('As it is'),
    after: Shape.describe('As it will be'),
    calls: z
      .array(
        z.object({
          service: field.text('Service of the provider'),
          operation: field.text('Its operation'),
          parameters: z.record(z.string(), z.string()).describe('What is sent'),
        }),
      )
      .describe('In this order'),
    savingBasis: field.text('How the expected saving was found'),
    risks: z.array(z.string()).describe('What can break'),
  }),
  'accountId, ResourceName, before and after (instanceType, state), calls, savingBasis, risks',
);

const Event = brief(
  z.object({
    at: field.instant('When'),
    type: field.text('status, decision, step or refused'),
    status: ActionStatus.describe('Status after it'),
    actor: field.text('Who or what'),
    summary: field.text('What happened'),
  }),
  'at, type, status, actor, summary',
);

/** One action with its plan and what happened to it. */
export const getActionContract = defineToolContract({
  name: 'get_action',
  title: 'Get an action',
  description:
    'One action with its plan, risks, saving estimate and all that happened to it. nextStep says what a person has to do, ' +
    'where: actions are decided by people only, no tool can.',
  input: z.strictObject({ actionId: platformArgument.actionId }),
  output: z.object({
    action: brief(
      z.object({
        ...actionFields,
        decisionReason: field.textOrNull('Why it was decided so'),
        rollbackUntil: field.instantOrNull('Until when a person can have it undone'),
        failureCode: field.textOrNull('Code of what went wrong'),
        failureDetail: field.textOrNull('What went wrong and what to do'),
      }),
      'As in list_actions, and decisionReason, rollbackUntil, failureCode, failureDetail',
    ),
    plan: Plan.nullable().describe('null: still being made'),
    events: z.array(Event).describe('Oldest first'),
    nextStep: field.textOrNull('What a person has to do; null: nothing'),
  }),
});
