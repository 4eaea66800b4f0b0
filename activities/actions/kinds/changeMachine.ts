import type { MachinePlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import type { ActionAdapter, Observed, PlanContext } from '../actionAdapter.ts';
import type {
  Findings,
  Machine,
  MachineChange,
  MachineCloud,
  ResourceRef,
} from '../compute/computeCloud.ts';
import { estimateMachine } from './estimateMachine.ts';
import { assertAsPlanned, isSameType, refOf } from './planView.ts';
import { createPowerSteps } from './powerSteps.ts';
import { createResizeSteps } from './resizeSteps.ts';

/** Resizes, stops or starts a machine of any cloud. A resize of one that is stopped leaves it stopped. */
export function createMachineAdapter(
  cloud: MachineCloud,
  kind: MachinePlan['kind'],
): ActionAdapter<MachinePlan> {
  return {
    plan: (action, context) => planChange(cloud, action, context),
    estimate: (action, plan, context) =>
      estimateMachine(action, { machine: plan.before, change: changeOf(plan) }, context),
    preflight: async (plan) => {
      const machine = await describeSettled(cloud, refOf(plan));
      assertAsPlanned(plan, machine);
      await assertPossible(cloud, refOf(plan), machine, changeOf(plan));
      await cloud.tryCalls(refOf(plan), machine, changeOf(plan));
      return { tags: { ...machine.tags } };
    },
    observe: async (plan) => {
      const { instanceType, state } = await cloud.describe(refOf(plan));
      return { instanceType, state };
    },
    steps: kind === 'resize_instance' ? createResizeSteps(cloud) : createPowerSteps(cloud),
    assertArrived,
    checkHealth: (plan) =>
      plan.after.state === 'running' ? cloud.checkHealth(refOf(plan)) : Promise.resolve('healthy'),
  };
}

async function planChange(
  cloud: MachineCloud,
  action: StoredAction,
  context: PlanContext,
): Promise<MachinePlan> {
  const machine = await describeSettled(cloud, action);
  const wanted = wantedOf(action);
  assertNeeded(machine, wanted);
  const { risks, instanceType: spelled } = await assertPossible(cloud, action, machine, wanted);
  const change: MachineChange =
    wanted.kind === 'resize' && spelled !== undefined
      ? { ...wanted, instanceType: spelled }
      : wanted;
  const { saving, basis } = await estimateMachine(action, { machine, change }, context);
  const { instanceType, state } = machine;
  return {
    kind: action.kind as MachinePlan['kind'],
    resource: {
      provider: action.provider,
      accountId: machine.accountId,
      region: action.region,
      resourceId: action.resourceId,
      resourceName: machine.name,
      tags: { ...machine.tags },
    },
    before: { instanceType, state },
    after: {
      instanceType: change.kind === 'resize' ? change.instanceType : instanceType,
      state: STATE_AFTER[change.kind] ?? state,
    },
    calls: cloud.listCalls(action, machine, change),
    expectedMonthlySaving: saving,
    savingBasis: basis,
    risks,
  };
}

const STATE_AFTER = { resize: undefined, stop: 'stopped', start: 'running' } as const;

function wantedOf({ kind, target }: StoredAction): MachineChange {
  if (kind === 'stop_instance') return { kind: 'stop' };
  if (kind === 'start_instance') return { kind: 'start' };
  if ('instanceType' in target) return { kind: 'resize', instanceType: target.instanceType };
  throw new TypeError('A resize without a type was planned.');
}

function changeOf(plan: MachinePlan): MachineChange {
  if (plan.kind === 'resize_instance')
    return { kind: 'resize', instanceType: plan.after.instanceType };
  return { kind: plan.kind === 'stop_instance' ? 'stop' : 'start' };
}

async function describeSettled(cloud: MachineCloud, ref: ResourceRef): Promise<Machine> {
  const machine = await cloud.describe(ref);
  if (machine.state === 'running' || machine.state === 'stopped') return machine;
  throw new CostGuardError(
    'resource_busy',
    `The machine is ${machine.state}; the plan needs it running or stopped.`,
  );
}

function assertNeeded({ state }: Machine, { kind }: MachineChange): void {
  if (kind === 'resize' || state !== STATE_AFTER[kind]) return;
  throw new CostGuardError(
    'change_not_possible',
    `The machine is ${state} already; there is nothing to do.`,
  );
}

async function assertPossible(
  cloud: MachineCloud,
  ref: ResourceRef,
  machine: Machine,
  change: MachineChange,
): Promise<Findings> {
  const findings = await cloud.check(ref, machine, change);
  if (findings.refusals.length === 0) return findings;
  throw new CostGuardError(
    change.kind === 'resize' ? 'resize_not_supported' : 'change_not_possible',
    findings.refusals.join(' '),
  );
}

function assertArrived({ after }: MachinePlan, observed: Observed): void {
  if (!isSameType(observed['instanceType'], after.instanceType)) {
    throw new CostGuardError(
      'resource_changed',
      `The instance does not have the type ${after.instanceType}.`,
    );
  }
  if (observed['state'] !== after.state) {
    throw new CostGuardError('resource_busy', `The instance is not ${after.state} yet.`);
  }
}
