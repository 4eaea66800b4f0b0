/** What a poll that went well has to tell all the same: a connection that is `degraded` says it to a person. */
export interface PollNotice {
  code: 'currency_changed' | 'clock_ahead';
  detail: string;
}
