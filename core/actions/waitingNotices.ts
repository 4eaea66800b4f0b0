/** `reminder`: those who decide are told that an action waits; `escalation`: others are told that it is still undecided. */
export type NoticeStage = 'reminder' | 'escalation';

/** A message that is due while an action waits for a decision. */
export interface WaitingNotice {
  stage: NoticeStage;
  /** ISO instant. */
  at: string;
}

/** Hours before a proposal expires at which each message is due; 0 for none. */
export type NoticeHours = Readonly<Record<NoticeStage, number>>;

const HOUR_MS = 3_600_000;

// A proposal that lives shorter than its settings is reminded of in the middle, and escalated with a quarter left.
const SHARE_MAX: NoticeHours = { reminder: 1 / 2, escalation: 1 / 4 };

/** When an action that waits from `since` until `expiresAt` is told of, soonest first. */
export function waitingNotices(since: Date, expiresAt: Date, hours: NoticeHours): WaitingNotice[] {
  const lifeMs = expiresAt.getTime() - since.getTime();
  return (['reminder', 'escalation'] as const)
    .filter((stage) => hours[stage] > 0)
    .map((stage) => {
      const beforeMs = Math.min(hours[stage] * HOUR_MS, SHARE_MAX[stage] * lifeMs);
      return { stage, at: new Date(expiresAt.getTime() - beforeMs).toISOString() };
    })
    .sort((a, b) => a.at.localeCompare(b.at));
}
