import type { Direction, StepName } from '../../core/actions/steps.ts';
import type { ActionPlan } from '../../core/contracts/action.ts';
import type { PaidHours } from '../../core/pricing/estimateSaving.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';

/** What was seen of a resource: few, public facts, such as its type and state. Goes to the ledger. */
export type Observed = Readonly<Record<string, string>>;

/** What a step knows when it looks at a resource. */
export interface StepView {
  plan: ActionPlan;
  direction: Direction;
  /** Where the direction leads: the plan's `after` or `before`. */
  goal: ActionPlan['after'];
  observed: Observed;
  /** How often a step of this action may have called the provider, in both directions. */
  callsMade: (step: StepName) => number;
}

/** One step: what it leads to, and the one provider call that leads there. A step without a call waits. */
export interface Step {
  /**
   * Whether nothing is left to do.
   *
   * @throws CostGuardError `resource_changed` when somebody else changed the resource, so that acting would undo their work
   */
  isDone: (view: StepView) => boolean;
  act?: (view: StepView) => Promise<void>;
  /** One sentence about the step when it is done, in the past tense. */
  summary: (view: StepView) => string;
}

/** What planning may ask for besides the provider. */
export interface PlanContext {
  /** What was billed lately for hours of these types, in the action's account and region. */
  listPaidHours: (instanceTypes: readonly string[]) => Promise<PaidHours[]>;
  /** Over how many days. */
  paidDays: number;
}

/**
 * One kind of action at one provider: a file that fills this in, listed in `adapters.ts`. The workflow and the engine
 * of steps (`runStep.ts`: ledger, fencing, heartbeats) know no provider.
 */
export interface ActionAdapter {
  /** Reads the resource and says what will be done. @throws CostGuardError when it is missing or cannot be changed so */
  plan: (action: StoredAction, context: PlanContext) => Promise<ActionPlan>;
  /** Reads again and tries each call's permission. @throws CostGuardError naming what stands in the way */
  preflight: (plan: ActionPlan) => Promise<void>;
  /** Reads the resource. @throws CostGuardError `resource_not_found` when it is gone */
  observe: (plan: ActionPlan) => Promise<Observed>;
  /** The steps of this plan, in order; the way back takes the same ones. */
  listSteps: (plan: ActionPlan) => StepName[];
  steps: Readonly<Partial<Record<StepName, Step>>>;
  /** Looks whether the provider calls the changed resource healthy: 'pending' means ask again. */
  checkHealth: (plan: ActionPlan) => Promise<'healthy' | 'pending' | 'impaired'>;
}
