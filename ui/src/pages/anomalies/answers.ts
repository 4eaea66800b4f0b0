import type { Schemas } from '../../client/api';

/** What a person can say of a finding. */
export interface Answer {
  answer: Schemas['AnomalyFeedbackCreate']['verdict'] | 'resolved' | 'open';
  label: string;
  /** The question that the dialog asks. */
  title: string;
  /** What follows from it. */
  says: string;
  /** The key that asks it. */
  key?: string;
}

/** All that can be said, in the order of the buttons. */
export const ANSWERS: readonly Answer[] = [
  {
    answer: 'real',
    key: 'a',
    label: 'It is real',
    title: 'Is this a real anomaly?',
    says: 'It stays open, and the Detective looks a little more closely at this series.',
  },
  {
    answer: 'false_alarm',
    key: 'r',
    label: 'False alarm',
    title: 'Is this a false alarm?',
    says: 'The Detective asks for more before it raises something in this series again; that fades over half a year.',
  },
  {
    answer: 'expected',
    label: 'Expected',
    title: 'Was this expected?',
    says: 'What is expected is kept and not raised again.',
  },
  {
    answer: 'planned',
    label: 'Planned change',
    title: 'Is this a planned change?',
    says: 'What is found until its last day is kept and stays quiet; the new level is learnt.',
  },
  {
    answer: 'resolved',
    label: 'Resolved',
    title: 'Is this resolved?',
    says: 'The finding is closed; nothing is learnt from it.',
  },
  {
    answer: 'open',
    label: 'Open again',
    title: 'Open this finding again?',
    says: 'What was said of it is taken back.',
  },
];

/** What can be said of a finding as it stands. */
export function answersFor({ status }: Pick<Schemas['Anomaly'], 'status'>): Answer[] {
  return ANSWERS.filter(
    ({ answer }) => answer !== status && (answer !== 'real' || status === 'open'),
  );
}
