import { heartbeat } from '@temporalio/activity';

const HEARTBEAT_EVERY_MS = 2_000;

/**
 * Does the work while telling Temporal that this process lives, so that a killed worker is noticed within the
 * activity's heartbeat timeout, and so that a cancellation reaches the work. Each call to a provider has its own time
 * limit: work that hangs does not live for ever behind heartbeats.
 */
export async function heartbeating<T>(work: () => Promise<T>): Promise<T> {
  heartbeat();
  const timer = setInterval(() => heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
