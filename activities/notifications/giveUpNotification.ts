import type { Database } from '../../db/connect.ts';
import { giveUpDelivery } from '../../db/queries/notifications/giveUpDelivery.ts';

const DETAILS = {
  cancelled: 'Somebody cancelled the sending in Temporal.',
  expired: 'It could not be sent; the log of the detective worker says why.',
} as const;

/** Ends a message that could not be sent. */
export function createGiveUpNotification({ db }: { db: Database }) {
  /** Safe to run twice: a settled message stays as it is, and so does what is known of the last attempt. */
  return async function giveUpNotification(input: {
    deliveryId: string;
    reason: keyof typeof DETAILS;
  }): Promise<void> {
    await giveUpDelivery(db, input.deliveryId, DETAILS[input.reason]);
  };
}
