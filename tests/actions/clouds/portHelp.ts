import type { CloudAccount } from './cloudAccount.ts';

/** A key as a step's claim gives it; another attempt for each call. */
export function createKeys(actionId = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11') {
  let attempt = 0;
  return (step = 'step') => ({ actionId, step, attempt: (attempt += 1) });
}

/** Waits until what is looked at is as wanted; the account's operations end by their own clock. */
export async function until(
  look: () => Promise<unknown>,
  isGood: (seen: unknown) => boolean = Boolean,
): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (isGood(await look())) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It never came to pass.');
}

/** A reference as an action keeps it. */
export const refOf = ({ region }: CloudAccount, resourceId: string) => ({ resourceId, region });
