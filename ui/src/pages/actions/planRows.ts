import type { Schemas } from '../../client/api';
import { words } from '../../format/words';

type Plan = NonNullable<Schemas['Action']['plan']>;

/** One line of the table of before and after. */
export interface PlanRow {
  name: string;
  before: string;
  after: string;
  /** A word of the provider's, shown as such. */
  isCode: boolean;
}

/** What a plan changes, what stays among it, and what is left behind. */
export function planRows(plan: Plan): PlanRow[] {
  switch (plan.kind) {
    case 'resize_instance':
    case 'stop_instance':
    case 'start_instance':
      return [
        row('Instance type', plan.before.instanceType, plan.after.instanceType, true),
        row('State', plan.before.state, plan.after.state),
      ];
    case 'delete_volume':
      return [
        row('Disk', plan.before.state, plan.after.state),
        row('Type', plan.before.volumeType, '', true),
        row('Size', `${plan.before.sizeGib} GiB`, ''),
        row('Snapshot', 'none', plan.after.snapshotName ?? 'none', true),
      ];
    case 'limit_api_key':
      return [
        row('API key', plan.before.state, plan.after.state),
        ...plan.before.limits.flatMap(({ model, values }, index) =>
          Object.entries(values).map(([name, value]) =>
            row(
              `${model}: ${words(name)}`,
              String(value),
              String(plan.after.limits[index]?.values[name] ?? ''),
            ),
          ),
        ),
      ];
  }
}

/** What a plan changes above all: a type, where it changes, else the state. */
export function planHeadline({ before, after }: Plan): { before: string; after: string } {
  if ('instanceType' in before && 'instanceType' in after) {
    if (before.instanceType !== after.instanceType) {
      return { before: before.instanceType, after: after.instanceType };
    }
  }
  return { before: before.state, after: after.state };
}

function row(name: string, before: string, after: string, isCode = false): PlanRow {
  return { name, before, after, isCode };
}
