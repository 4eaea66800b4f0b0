import type { Schemas } from '../../client/api';
import { Words } from '../../format/words';

type Status = Schemas['ActionStatus'];

/** One part of an action's life, as the progress shows it. */
export interface Phase {
  status: Status;
  label: string;
  /** `ended` is an end that nobody hoped for. */
  state: 'done' | 'current' | 'waiting' | 'ended';
  /** When it was reached. */
  at: string | undefined;
}

const WAY: readonly Status[] = [
  'proposed',
  'approved',
  'preflight',
  'executing',
  'verifying',
  'succeeded',
];
const LABELS: Partial<Record<Status, string>> = {
  preflight: 'Checked once more',
  executing: 'Carried out',
  verifying: 'Result checked',
  rolling_back: 'Put back',
  rollback_failed: 'Not put back',
  rolled_back: 'As it was before',
};
const GOOD_ENDS: readonly Status[] = ['succeeded', 'rolled_back'];
const BAD_ENDS: readonly Status[] = [
  'rejected',
  'cancelled',
  'expired',
  'failed',
  'rollback_failed',
];

/** The parts of an action's life: those that it went through and, while it is on its way, those to come. */
export function phasesOf({
  status,
  events,
}: Pick<Schemas['ActionDetail'], 'status' | 'events'>): Phase[] {
  const reached = new Map<Status, string>();
  for (const event of events) {
    if (['status', 'decision'].includes(event.type) && !reached.has(event.status))
      reached.set(event.status, event.at);
  }
  const isOnTheWay = WAY.includes(status);
  const path = WAY.filter((one) => isOnTheWay || one === 'proposed' || reached.has(one));
  if (!isOnTheWay && status !== 'rolling_back' && reached.has('rolling_back'))
    path.push('rolling_back');
  if (!isOnTheWay) path.push(status);
  const here = path.indexOf(status);
  return path.map((one, place) => ({
    status: one,
    label: LABELS[one] ?? Words(one),
    state: place < here ? 'done' : place > here ? 'waiting' : stateHere(one),
    at: reached.get(one),
  }));
}

function stateHere(status: Status): Phase['state'] {
  if (GOOD_ENDS.includes(status)) return 'done';
  return BAD_ENDS.includes(status) ? 'ended' : 'current';
}
