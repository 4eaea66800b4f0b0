import { RESTATEMENT } from '../connections/restatement.ts';
import type { Provider } from '../contracts/scalars.ts';
import { addDays } from '../time/day.ts';

/** The last day whose cost no poll reads again but the daily deep one, given the newest day that the provider has told of. */
export function settledUntil(provider: Provider, newestDay: string): string {
  return addDays(newestDay, -RESTATEMENT[provider].everyPollDays);
}
