import { createGiveUpNotification } from './giveUpNotification.ts';
import { createSendNotification, type NotificationDependencies } from './sendNotification.ts';

/** The activities that send messages; they run on task queue `detective`. */
export function createNotificationActivities(dependencies: NotificationDependencies) {
  return {
    sendNotification: createSendNotification(dependencies),
    giveUpNotification: createGiveUpNotification(dependencies),
  };
}

/** Their types, for the workflows. */
export type NotificationActivities = ReturnType<typeof createNotificationActivities>;
