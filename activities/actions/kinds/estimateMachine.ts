import { estimateMachine as estimate } from '../../../core/pricing/estimateMachine.ts';
import type { SavingEstimate } from '../../../core/pricing/estimateSaving.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import type { PlanContext } from '../actionAdapter.ts';
import type { Machine, MachineChange } from '../compute/computeCloud.ts';

/** What a change of a machine saves a month, by what was billed lately. */
export async function estimateMachine(
  { provider, region }: StoredAction,
  { machine, change }: { machine: Pick<Machine, 'instanceType' | 'state'>; change: MachineChange },
  context: PlanContext,
): Promise<SavingEstimate> {
  const types = [machine.instanceType, ...(change.kind === 'resize' ? [change.instanceType] : [])];
  return estimate({
    provider,
    region,
    from: machine.instanceType,
    runs: machine.state === 'running',
    change,
    own: await context.listPaidResource(),
    hours: provider === 'aws' ? await context.listPaidHours(types) : [],
    days: context.paidDays,
  });
}
