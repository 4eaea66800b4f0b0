import type { Schemas } from '../../client/api';
import { formatDay } from '../../format/time';
import { words } from '../../format/words';
import { actionTitle } from '../actions/actionTitle';

/** Something that happened to a finding. */
export interface HistoryEntry {
  at: string;
  text: string;
  href?: string;
}

const APPLIES = {
  once: '',
  weekday: ', always on this day of the week',
  day_of_month: ', always on this day of the month',
} as const;

/** What happened to a finding, newest first: when it was found, what was said of it, what was proposed. */
export function historyOf(
  anomaly: Pick<Schemas['Anomaly'], 'createdAt' | 'startedOn'>,
  feedback: readonly Schemas['AnomalyFeedback'][],
  actions: readonly Schemas['Action'][],
): HistoryEntry[] {
  return [
    { at: anomaly.createdAt, text: `Found; it began on ${formatDay(anomaly.startedOn)}` },
    ...feedback.map(saidOf),
    ...actions.map((action) => ({
      at: action.createdAt,
      text: `${action.proposedBy} proposed: ${actionTitle(action)} (${words(action.status)})`,
      href: `/actions/${action.id}`,
    })),
  ].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function saidOf(said: Schemas['AnomalyFeedback']): HistoryEntry {
  const verdict = words(said.verdict ?? said.status);
  const applies = APPLIES[said.appliesTo ?? 'once'];
  const until = said.until === null ? '' : `, until ${formatDay(said.until)}`;
  const reason = said.reason === null ? '' : `: ${said.reason}`;
  return { at: said.createdAt, text: `${said.givenBy}: ${verdict}${applies}${until}${reason}` };
}
