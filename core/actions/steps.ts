/** One step of carrying an action out: the name of its activity, and what a person reads in the Temporal Web UI. */
export const STEPS = {
  stopInstance: { title: 'Stop the instance', mutates: true },
  waitUntilStopped: { title: 'Wait until it is stopped', mutates: false },
  changeInstanceType: { title: 'Change its type', mutates: true },
  startInstance: { title: 'Start the instance', mutates: true },
  waitUntilRunning: { title: 'Wait until it is running', mutates: false },
  createSnapshot: { title: 'Make a snapshot', mutates: true },
  waitForSnapshot: { title: 'Wait until the snapshot is complete', mutates: false },
  deleteVolume: { title: 'Delete the disk', mutates: true },
  waitUntilDeleted: { title: 'Wait until it is deleted', mutates: false },
  restoreVolume: { title: 'Make the disk again from its snapshot', mutates: true },
  waitUntilRestored: { title: 'Wait until it is there again', mutates: false },
  limitApiKey: { title: 'Limit the API key', mutates: true },
} as const satisfies Record<string, { title: string; mutates: boolean }>;

/** The name of a step and of its activity. */
export type StepName = keyof typeof STEPS;

/** Towards the plan's `after`, or back to its `before`. */
export type Direction = 'forward' | 'back';

/** A step's key in the ledger `action_steps`, such as `stopInstance` or `back.stopInstance`. */
export function stepKey(step: StepName, direction: Direction): string {
  return direction === 'forward' ? step : `back.${step}`;
}
