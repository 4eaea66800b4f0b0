import { CancellationScope, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { NotificationActivities } from '../activities/notifications/createNotificationActivities.ts';
import { count } from './count.ts';
import type { NotifyInput } from './notifyStart.ts';

// A receiver that is away is tried with growing pauses for a day; one that names its own pause is given it.
const { sendNotification } = proxyActivities<NotificationActivities>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '24 hours',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 hour' },
});

const { giveUpNotification } = proxyActivities<NotificationActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Sends one message on one channel until it is taken, refused for good, or a day has passed. */
export async function notify({ deliveryId }: NotifyInput): Promise<void> {
  try {
    await sendNotification({ deliveryId });
    count('costguard_messages', { result: 'sent' });
  } catch (error) {
    count('costguard_messages', { result: 'failed' });
    const reason = isCancellation(error) ? 'cancelled' : 'expired';
    await CancellationScope.nonCancellable(() => giveUpNotification({ deliveryId, reason }));
    throw error;
  }
}
