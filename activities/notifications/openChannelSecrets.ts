import { randomUUID } from 'node:crypto';
import { ChannelSecrets } from '../../core/contracts/notification.ts';
import { CostGuardError, ERROR_CODES } from '../../core/errors.ts';
import type { PlatformApi } from '../platform/platformApi.ts';

/**
 * The secrets of the channel that a message goes out on, as they are now.
 *
 * @throws CostGuardError `notification_delivery_not_found` where the message is settled, `api_unavailable` for all else: a
 *   message waits until whoever runs CostGuard has mended it
 */
export type OpenChannelSecrets = (
  deliveryId: string,
  signal: AbortSignal,
) => Promise<ChannelSecrets>;

/** Asks the API by this worker's own account; no worker holds the key that opens them. */
export function createOpenChannelSecrets(api: PlatformApi): OpenChannelSecrets {
  return async (deliveryId, signal) => {
    try {
      const { body } = await api.send({
        method: 'POST',
        path: `/api/v1/notification-deliveries/${deliveryId}/open`,
        body: {},
        // The API keeps no reply of this kind.
        idempotencyKey: randomUUID(),
        reply: ChannelSecrets,
        signal,
      });
      return body;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CostGuardError) || mayBeThrown(error)) throw error;
      throw new CostGuardError(
        'api_unavailable',
        `The API did not open the channel for this message, which is tried again by itself: ${error.detail}`,
        { cause: error },
      );
    }
  };
}

const mayBeThrown = ({ code }: CostGuardError): boolean =>
  ERROR_CODES[code].retry || code === 'notification_delivery_not_found';
