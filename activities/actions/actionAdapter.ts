import type { Direction, StepName } from '../../core/actions/steps.ts';
import type { ActionPlan } from '../../core/contracts/action.ts';
import type { PaidHours, SavingEstimate } from '../../core/pricing/estimateSaving.ts';
import type { PaidMeter, PaidResource } from '../../core/pricing/paid.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import type { CallKey } from './compute/computeCloud.ts';

/** What was seen of a resource: few, public facts, such as its type and state. Goes to the ledger. */
export type Observed = Readonly<Record<string, string>>;

/** What a step knows when it looks at a resource. */
export interface StepView<Plan extends ActionPlan = ActionPlan> {
  plan: Plan;
  direction: Direction;
  /** Where the direction leads: the plan's `after` or `before`. */
  goal: Plan['after'];
  observed: Observed;
  /** What a call of this step is known by at a provider that takes such keys. */
  key: CallKey;
  /** How often a step of this action may have called the provider, in both directions. */
  callsMade: (step: StepName) => number;
}

/** One step: what it leads to, and the provider call that leads there. A step without a call waits. */
export interface Step<Plan extends ActionPlan = ActionPlan> {
  /**
   * Whether nothing is left to do.
   *
   * @throws CostGuardError `resource_changed` when somebody else changed the resource, so that acting would undo their work
   */
  isDone(view: StepView<Plan>): boolean;
  /**
   * Makes the call. Where it takes several, only those that are still missing, and `claimNext` before each but the first.
   *
   * @throws CostGuardError `action_wrong_state` from `claimNext`, when a newer run or a rollback has taken over
   */
  act?(view: StepView<Plan>, claimNext: () => Promise<void>): Promise<void>;
  /** One sentence about the step when it is done, in the past tense. */
  summary(view: StepView<Plan>): string;
}

/** What a preflight read of a resource just before it is changed, for the policies. */
export interface FreshFacts {
  /** Tags or labels; absent where the resource can have none. */
  tags?: Readonly<Record<string, string>>;
}

/** What planning may ask for besides the provider. */
export interface PlanContext {
  /** What was billed lately for hours of these types, in the action's account and region. */
  listPaidHours: (instanceTypes: readonly string[]) => Promise<PaidHours[]>;
  /** What was billed lately for the action's resource alone, where the provider names resources; a row a currency. */
  listPaidResource: () => Promise<PaidResource[]>;
  /** What was billed lately for these meters in the action's account and region; a row a meter and currency. */
  listPaidMeters: (meters: readonly string[]) => Promise<PaidMeter[]>;
  /** Over how many days. */
  paidDays: number;
}

/**
 * One kind of action at one provider: a file that fills this in, listed in `adapters.ts`. The workflow and the engine
 * of steps (`runStep.ts`: ledger, fencing, heartbeats) know no provider. Methods, so that an adapter that takes its own
 * kind of plan stands in the list of all: a plan is handed to the adapter of the action that it was made for only.
 */
export interface ActionAdapter<Plan extends ActionPlan = ActionPlan> {
  /** Reads the resource and says what will be done. @throws CostGuardError when it is missing or cannot be changed so */
  plan(action: StoredAction, context: PlanContext): Promise<Plan>;
  /** What the plan would save by what is billed now; absent where the saving does not follow from bills. */
  estimate?(action: StoredAction, plan: Plan, context: PlanContext): Promise<SavingEstimate>;
  /** Reads again and tries each call's permission where the provider lets one. @throws CostGuardError naming what stands in the way */
  preflight(plan: Plan): Promise<FreshFacts>;
  /** Reads the resource. @throws CostGuardError `resource_not_found` when it is gone */
  observe(plan: Plan): Promise<Observed>;
  /** Those that `core/actions/listSteps.ts` names for the kind. */
  steps: Readonly<Partial<Record<StepName, Step<Plan>>>>;
  /**
   * Compares what was seen after the last step with the plan.
   *
   * @throws CostGuardError `resource_changed` when it is something else, `resource_busy` while it is on its way
   */
  assertArrived(plan: Plan, observed: Observed): void;
  /** Looks whether the provider calls the changed resource healthy: 'pending' means ask again. */
  checkHealth(plan: Plan): Promise<'healthy' | 'pending' | 'impaired'>;
}
