import { createHash } from 'node:crypto';
import type { CallKey } from '../compute/computeCloud.ts';

/**
 * A UUID of version 8 for a claimed call: the same key gives the same one, so a provider that takes request ids makes one
 * effect of two deliveries.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
 */
export function callUuid({ actionId, step, attempt }: CallKey): string {
  const hex = createHash('sha256').update(`${actionId}/${step}/${attempt}`).digest('hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
