import { z } from 'zod';
import {
  InstanceType,
  MachineId,
  MachineShape,
  RegionId,
  VolumeId,
  VolumeShape,
} from './machine.ts';
import { pageOf, PageQuery } from './page.ts';
import { PolicyFinding } from './policyFinding.ts';
import { ActionSavingDetail } from './actionSaving.ts';
import { ActionStep } from './actionStep.ts';
import { Id, Instant, MoneyContract, Provider, ProviderText, ShortText } from './scalars.ts';

/** Where an action stands; `core/actions/transitions.ts` says which follows which. */
export const ActionStatus = z
  .enum([
    'proposed',
    'approved',
    'rejected',
    'cancelled',
    'expired',
    'preflight',
    'executing',
    'verifying',
    'succeeded',
    'failed',
    'rolling_back',
    'rolled_back',
    'rollback_failed',
  ])
  .meta({ id: 'ActionStatus' });

/** Where an action stands. */
export type ActionStatus = z.infer<typeof ActionStatus>;

/** What can be done. */
export const ActionKind = z
  .enum(['resize_instance', 'stop_instance', 'start_instance', 'delete_volume', 'limit_api_key'])
  .meta({ id: 'ActionKind' });

/** What can be done. */
export type ActionKind = z.infer<typeof ActionKind>;

/** Id of an API key at its provider; never the key itself. */
export const ApiKeyId = z
  .string()
  .regex(/^(?!sk-)[A-Za-z0-9][\w-]{0,127}$/, 'must be the id of an API key, never the key itself')
  .meta({ example: 'apikey_01Rj2N8SVvo6BePZj99NhmiT' });

/** Id of an OpenAI project or an Anthropic workspace. */
export const LlmProjectId = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,127}$/, 'must be the id of a project')
  .meta({ example: 'proj_abc' });

const Proposal = {
  connectionId: Id,
  anomalyId: Id.optional(),
  reason: ShortText.optional().meta({ description: 'Why this should be done' }),
  expiresAt: Instant.optional().meta({
    description: 'When the proposal expires undecided; default ACTION_EXPIRY_HOURS from now',
  }),
};

/** Gives a machine another type. */
export const ResizeCreate = z
  .strictObject({
    ...Proposal,
    kind: z.literal('resize_instance'),
    resourceId: MachineId,
    region: RegionId,
    target: z.strictObject({ instanceType: InstanceType }),
  })
  .meta({ id: 'ResizeCreate' });

/** Stops a machine, so that its computing costs nothing. */
export const StopCreate = z
  .strictObject({
    ...Proposal,
    kind: z.literal('stop_instance'),
    resourceId: MachineId,
    region: RegionId,
  })
  .meta({ id: 'StopCreate' });

/** Starts a machine that is stopped. */
export const StartCreate = z
  .strictObject({
    ...Proposal,
    kind: z.literal('start_instance'),
    resourceId: MachineId,
    region: RegionId,
  })
  .meta({ id: 'StartCreate' });

/** Deletes a disk that nothing uses, after a snapshot of it. */
export const DeleteVolumeCreate = z
  .strictObject({
    ...Proposal,
    kind: z.literal('delete_volume'),
    resourceId: VolumeId,
    region: RegionId,
  })
  .meta({ id: 'DeleteVolumeCreate' });

/** Keeps an API key of OpenAI or Anthropic from spending. */
export const LimitKeyCreate = z
  .strictObject({
    ...Proposal,
    kind: z.literal('limit_api_key'),
    resourceId: ApiKeyId,
    projectId: LlmProjectId.optional().meta({
      description: 'OpenAI: the project of the key, which is needed; Anthropic: not used',
    }),
  })
  .meta({ id: 'LimitKeyCreate' });

/** What a person or a service proposes. */
export const ActionCreate = z
  .discriminatedUnion('kind', [
    ResizeCreate,
    StopCreate,
    StartCreate,
    DeleteVolumeCreate,
    LimitKeyCreate,
  ])
  .meta({ id: 'ActionCreate' });

/** What a person or a service proposes. */
export type ActionCreate = z.infer<typeof ActionCreate>;

/** What the resource is to become: another type of machine, another state, or a limited key (of a project, at OpenAI). */
export const ActionTarget = z.union([
  z.object({ instanceType: z.string() }),
  z.object({ state: z.enum(['running', 'stopped', 'deleted']) }),
  z.object({ projectId: z.string().nullable() }),
]);

/** What the resource is to become. */
export type ActionTarget = z.infer<typeof ActionTarget>;

const PLAN = {
  resource: z.object({
    provider: Provider,
    accountId: z.string(),
    region: z.string().meta({ description: 'Empty where the resource has none' }),
    resourceId: z.string(),
    resourceName: z.string().nullable(),
    tags: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Tags or labels that it had; absent where it can have none' }),
  }),
  calls: z.array(
    z.object({
      service: z.string(),
      operation: z.string(),
      parameters: z.record(z.string(), z.string()),
    }),
  ),
  expectedMonthlySaving: MoneyContract.nullable(),
  savingBasis: z
    .string()
    .meta({ description: 'How the expected saving was found, or why it is not known' }),
  risks: z.array(z.string()).meta({
    description: 'What can break, and what cannot be undone, in plain sentences',
  }),
  // Plans from before there were policies have neither.
  policy: z
    .object({
      version: z.string().meta({ description: 'SHA-256 of the policies that were enabled' }),
      findings: z.array(PolicyFinding),
    })
    .optional()
    .meta({ description: 'What the policies said when the plan was made' }),
  approvalsNeeded: z
    .int()
    .optional()
    .meta({ description: 'How many different people have to approve; 1 where it is absent' }),
};

/** How a machine will be resized. */
export const ResizePlan = z
  .object({
    ...PLAN,
    kind: z.literal('resize_instance'),
    before: MachineShape,
    after: MachineShape,
  })
  .meta({ id: 'ResizePlan' });

/** How a machine will be resized. */
export type ResizePlan = z.infer<typeof ResizePlan>;

/** How a machine will be stopped. */
export const StopPlan = z
  .object({
    ...PLAN,
    kind: z.literal('stop_instance'),
    before: MachineShape,
    after: MachineShape,
  })
  .meta({ id: 'StopPlan' });

/** How a machine will be started. */
export const StartPlan = z
  .object({
    ...PLAN,
    kind: z.literal('start_instance'),
    before: MachineShape,
    after: MachineShape,
  })
  .meta({ id: 'StartPlan' });

/** How a machine will be changed. */
export type MachinePlan = ResizePlan | z.infer<typeof StopPlan> | z.infer<typeof StartPlan>;

/** How a disk will be deleted. */
export const DeleteVolumePlan = z
  .object({
    ...PLAN,
    kind: z.literal('delete_volume'),
    before: VolumeShape,
    after: VolumeShape,
  })
  .meta({ id: 'DeleteVolumePlan' });

/** How a disk will be deleted. */
export type DeleteVolumePlan = z.infer<typeof DeleteVolumePlan>;

const KeyShape = z.object({
  state: z.string().meta({
    description: 'Anthropic: status of the key; OpenAI: open, or limited through its project',
  }),
  limits: z
    .array(
      z.object({
        id: z.string(),
        model: z.string(),
        values: z.record(z.string(), z.int()).meta({ description: 'Each limit that it has' }),
      }),
    )
    .meta({ description: 'OpenAI: rate limits of the project, by model; Anthropic: empty' }),
});

/** How an API key will be limited. */
export const LimitKeyPlan = z
  .object({
    ...PLAN,
    kind: z.literal('limit_api_key'),
    before: KeyShape,
    after: KeyShape,
  })
  .meta({ id: 'LimitKeyPlan' });

/** How an API key will be limited. */
export type LimitKeyPlan = z.infer<typeof LimitKeyPlan>;

/** What will be done, as shown to the person who decides. Its hash travels with the decision. */
export const ActionPlan = z
  .discriminatedUnion('kind', [ResizePlan, StopPlan, StartPlan, DeleteVolumePlan, LimitKeyPlan])
  .meta({ id: 'ActionPlan' });

/** What will be done. */
export type ActionPlan = z.infer<typeof ActionPlan>;

/** One step in an action's life, oldest first. */
export const ActionEvent = z
  .object({
    seq: z.int(),
    at: Instant,
    type: z.string().meta({
      description:
        'status (a change of state), decision, step (a provider call), refused (a decision) or notice (people were told that it waits)',
    }),
    status: ActionStatus,
    actor: z.string().meta({ description: 'Who or what did it' }),
    summary: z.string(),
  })
  .meta({ id: 'ActionEvent' });

/** One step in an action's life. */
export type ActionEvent = z.infer<typeof ActionEvent>;

/** An action as stored. */
export const Action = z
  .object({
    id: Id,
    kind: ActionKind,
    status: ActionStatus,
    connectionId: Id,
    connectionName: z.string(),
    provider: Provider,
    resourceId: ProviderText,
    region: z.string().meta({ description: 'Empty where the resource has none' }),
    target: ActionTarget,
    anomalyId: Id.nullable(),
    reason: z.string().nullable(),
    proposedBy: z.string(),
    proposedById: z.string(),
    plan: ActionPlan.nullable().meta({ description: 'null while the plan is being prepared' }),
    planHash: z
      .string()
      .nullable()
      .meta({ description: 'SHA-256 of the plan; send it with an approval' }),
    expectedMonthlySaving: MoneyContract.nullable(),
    decidedBy: z.string().nullable(),
    decisionReason: z.string().nullable(),
    failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
    workflowId: z.string(),
    temporalUrl: z.string().meta({ description: 'The action’s history in the Temporal Web UI' }),
    rollbackUntil: Instant.nullable(),
    expiresAt: Instant,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Action' });

/** An action as stored. */
export type Action = z.infer<typeof Action>;

/** A person’s approval of the plan. */
export const ActionApproval = z
  .object({ approverId: Id, approver: z.string(), at: Instant })
  .meta({ id: 'ActionApproval' });

/** A person’s approval of the plan. */
export type ActionApproval = z.infer<typeof ActionApproval>;

/** An action with its events, who approved it and what it saved. */
export const ActionDetail = Action.extend({
  events: z.array(ActionEvent),
  steps: z.array(ActionStep).meta({
    description: 'Steps of the plan in order, then those of the way back; empty before the plan',
  }),
  approvals: z.array(ActionApproval).meta({ description: 'Oldest first' }),
  saving: ActionSavingDetail.nullable().meta({ description: 'null before the approval' }),
}).meta({ id: 'ActionDetail' });

/** An action with its events, who approved it and what it saved. */
export type ActionDetail = z.infer<typeof ActionDetail>;

/** A page of actions, newest first. */
export const ActionPage = pageOf('ActionPage', Action);

/** Where an action stands for whoever looks after all of them; `core/actions/stages.ts` says which statuses each has. */
export const ActionStage = z.enum(['waiting', 'running', 'stuck', 'done', 'ended']);

/** Where an action stands for whoever looks after all of them. */
export type ActionStage = z.infer<typeof ActionStage>;

/** How actions are listed. */
export const ActionListQuery = z.strictObject({
  ...PageQuery,
  status: ActionStatus.optional(),
  stage: ActionStage.optional().meta({
    description:
      'waiting: for a decision; running: being carried out; stuck: needs a person; done: changed; ended: without a change',
  }),
  connectionId: Id.optional(),
  anomalyId: Id.optional(),
});

const PlanHash = z.string().regex(/^[0-9a-f]{64}$/, 'must be the planHash of the action as shown');

/** A person approves exactly the plan that was shown. */
export const ApproveBody = z
  .strictObject({ planHash: PlanHash, reason: ShortText.optional() })
  .meta({ id: 'ApproveBody' });

/** A person rejects, cancels or rolls back, and says why. */
export const DecisionBody = z
  .strictObject({ reason: ShortText.optional() })
  .meta({ id: 'DecisionBody' });

/** What came of a decision: `pending` when the workflow has not answered yet (the decision is not lost). */
export const DecisionReply = z
  .object({
    actionId: Id,
    decision: z.string(),
    outcome: z.enum(['accepted', 'pending']),
    status: ActionStatus,
  })
  .meta({ id: 'DecisionReply' });
