import { z } from 'zod';
import { pageOf, PageQuery } from './page.ts';
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
export const ActionKind = z.enum(['resize_instance']).meta({ id: 'ActionKind' });

/** What can be done. */
export type ActionKind = z.infer<typeof ActionKind>;

/** AWS EC2 instance type, `family.size`. */
export const InstanceType = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'must be an EC2 instance type such as m5.large')
  .meta({ example: 'm5.xlarge' });

/** EC2 instance id. */
export const InstanceId = z
  .string()
  .regex(/^i-[0-9a-f]{8,17}$/, 'must be an EC2 instance id such as i-0123456789abcdef0')
  .meta({ example: 'i-0123456789abcdef0' });

const RegionId = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region such as us-east-1')
  .meta({ example: 'us-east-1' });

/** What a person or the Detective proposes. */
export const ActionCreate = z
  .strictObject({
    kind: ActionKind,
    connectionId: Id,
    resourceId: InstanceId,
    region: RegionId,
    target: z.strictObject({ instanceType: InstanceType }),
    anomalyId: Id.optional(),
    reason: ShortText.optional().meta({ description: 'Why this should be done' }),
    expiresAt: Instant.optional().meta({
      description: 'When the proposal expires undecided; default ACTION_EXPIRY_HOURS from now',
    }),
  })
  .meta({ id: 'ActionCreate' });

/** What a person or the Detective proposes. */
export type ActionCreate = z.infer<typeof ActionCreate>;

const InstanceShape = z.object({
  instanceType: z.string(),
  state: z.string().meta({ description: 'EC2 instance state, such as running or stopped' }),
});

/** What will be done, as shown to the person who decides. Its hash travels with the decision. */
export const ActionPlan = z
  .object({
    kind: ActionKind,
    resource: z.object({
      provider: Provider,
      accountId: z.string(),
      region: z.string(),
      resourceId: z.string(),
      resourceName: z.string().nullable(),
    }),
    before: InstanceShape,
    after: InstanceShape,
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
    risks: z.array(z.string()).meta({ description: 'What can break, in plain sentences' }),
  })
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
        'status (a change of state), decision, step (a provider call) or refused (a decision)',
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
    region: z.string(),
    target: z.object({ instanceType: z.string() }),
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

/** An action with its events. */
export const ActionDetail = Action.extend({ events: z.array(ActionEvent) }).meta({
  id: 'ActionDetail',
});

/** An action with its events. */
export type ActionDetail = z.infer<typeof ActionDetail>;

/** A page of actions, newest first. */
export const ActionPage = pageOf('ActionPage', Action);

/** How actions are listed. */
export const ActionListQuery = z.strictObject({
  ...PageQuery,
  status: ActionStatus.optional(),
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
