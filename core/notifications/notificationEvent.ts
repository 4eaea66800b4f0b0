import type { NoticeStage } from '../actions/waitingNotices.ts';
import type { Severity } from '../contracts/anomaly.ts';
import type { Provider } from '../contracts/scalars.ts';
import type { Money } from '../money/money.ts';

/**
 * Something to tell people. `key` names it for good: a channel is sent one message for each key, however often it is
 * enqueued (`anomaly:<id>`, `budget:<id>:<period>:<fraction>`, `action:<id>:<stage>`; at most 200 characters without blanks).
 * Texts may carry what a provider's customer wrote; rendering escapes them.
 */
export interface NotificationEvent {
  kind: 'anomaly' | 'budget' | 'action' | 'test';
  key: string;
  /** Of an action that waits for a decision. */
  stage?: NoticeStage;
  /** One line. */
  title: string;
  text: string;
  severity: Severity;
  /** Page of the dashboard to link to, from the root: `/anomalies/<id>`. */
  path: string;
  /** The finding, budget or action. */
  subjectId?: string;
  connectionId?: string;
  provider?: Provider;
  accounts?: string[];
  owners?: string[];
  /** Actual less expected, with its sign. */
  impact?: Money;
  /** What stands in the message below the text, in this order. */
  facts?: NotificationFact[];
}

/** One labelled value of a message. */
export interface NotificationFact {
  label: string;
  value: string;
}

/** A message as it goes out: the event, the delivery's id, when it was enqueued, and the absolute address of its page. */
export interface Message {
  event: NotificationEvent;
  /** Stable over retries, so that a receiver can drop repeats. */
  id: string;
  /** ISO instant. */
  occurredAt: string;
  link: string;
}
