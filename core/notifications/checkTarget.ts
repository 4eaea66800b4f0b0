import ipaddr from 'ipaddr.js';
import type { SmtpSettings } from '../contracts/notification.ts';
import { CostGuardError } from '../errors.ts';
import { isPublicAddress } from './isPublicAddress.ts';
import { bareHost } from './privateHosts.ts';

/**
 * Refuses a webhook address that could never be sent to: not encrypted, with a password in it, or private, unless the
 * operator allows the host. What a name resolves to is looked at with every send.
 *
 * @returns the host, for showing
 * @throws CostGuardError `notification_address_refused` at `/url`
 */
export function checkWebhookUrl(url: string, privateHosts: ReadonlySet<string>): string {
  const { protocol, hostname, username, password } = new URL(url);
  const host = bareHost(hostname);
  if (username !== '' || password !== '')
    throw refused('/url', 'must not have a user name or a password in it');
  if (protocol !== 'https:' && !privateHosts.has(host)) throw refused('/url', 'must be https');
  checkAddress('/url', host, privateHosts);
  return host;
}

/** The same for a mail server. @throws CostGuardError `notification_address_refused` at `/smtp/host` or `/smtp/security` */
export function checkMailServer(
  { host, security }: SmtpSettings,
  privateHosts: ReadonlySet<string>,
): void {
  checkAddress('/smtp/host', host, privateHosts);
  if (security === 'none' && !privateHosts.has(bareHost(host)))
    throw refused('/smtp/security', 'must be starttls or tls');
}

function checkAddress(pointer: string, host: string, privateHosts: ReadonlySet<string>): void {
  if (privateHosts.has(host) || !ipaddr.isValid(host) || isPublicAddress(host)) return;
  throw refused(pointer, 'must not be a private address');
}

function refused(pointer: string, detail: string): CostGuardError {
  return new CostGuardError(
    'notification_address_refused',
    'Use a public, encrypted address, or have the operator add the host to NOTIFY_PRIVATE_HOSTS.',
    { errors: [{ pointer, detail }] },
  );
}
