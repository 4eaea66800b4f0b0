const DAY_MS = 86_400_000;

/** Days after which a call is no longer counted; its id is kept a day longer, so that no call counts twice. */
export const CALL_AGE_DAYS_MAX = 35;

const AHEAD_MS_MAX = 5 * 60_000;

/** Why a call of that time is not counted; undefined where it is. Clocks of senders may be five minutes ahead. */
export function refusalOf(at: Date, now: Date): 'too_old' | 'in_the_future' | undefined {
  const ageMs = now.getTime() - at.getTime();
  if (ageMs > CALL_AGE_DAYS_MAX * DAY_MS) return 'too_old';
  return ageMs < -AHEAD_MS_MAX ? 'in_the_future' : undefined;
}
