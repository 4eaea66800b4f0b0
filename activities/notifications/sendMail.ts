import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { SmtpSettings } from '../../core/contracts/notification.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Mail } from '../../core/notifications/renderEmail.ts';
import { fromSmtpError } from './fromSmtpError.ts';
import type { HttpSender } from './postJson.ts';
import { resolveTarget } from './resolveTarget.ts';

/** A mail with where it goes through. `id` is stable over retries, so that a mailbox can drop repeats. */
export interface OutgoingMail {
  settings: SmtpSettings;
  password: string | undefined;
  mail: Mail;
  id: string;
}

/** What became of a mail: the server's status, and how many of its recipients the server refused. */
export interface MailReceipt {
  responseStatus: number;
  refused: number;
}

/**
 * Hands a mail to its server, over a connection to the address that was checked; without encryption only where the
 * operator allows the host.
 *
 * @throws CostGuardError as `postJson` does
 */
export async function sendMail(
  sender: HttpSender,
  { settings, password, mail, id }: OutgoingMail,
  signal: AbortSignal,
): Promise<MailReceipt> {
  const { from, host, to } = settings;
  assertEncrypted(settings, sender.privateHosts);
  const [target] = await resolveTarget(sender, host);
  const timeout = AbortSignal.timeout(sender.timeoutMs);
  const socket = connect({ host: target?.address ?? '', port: settings.port });
  const cut = () => socket.destroy();
  const ended = AbortSignal.any([signal, timeout]);
  ended.addEventListener('abort', cut);
  try {
    await once(socket, 'connect', { signal: ended });
    const transport = createTransport(transportOptions(sender, settings, password, socket));
    const domain = from.slice(from.lastIndexOf('@') + 1);
    const sent = await transport.sendMail({
      from: { name: 'CostGuard AI', address: from },
      to,
      ...mail,
      messageId: `<${id}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      // Nothing in a message may make the server read a file or an address of its own.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return {
      responseStatus: Number(/^\d{3}/.exec(sent.response)?.[0] ?? 250),
      refused: sent.rejected.length,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw fromSmtpError(host, error, timeout.aborted ? sender.timeoutMs : undefined);
  } finally {
    ended.removeEventListener('abort', cut);
    cut();
  }
}

function assertEncrypted({ host, security }: SmtpSettings, privateHosts: ReadonlySet<string>) {
  if (security !== 'none' || privateHosts.has(host)) return;
  throw new CostGuardError(
    'notification_address_refused',
    `Mail to ${host} would not be encrypted. Set starttls or tls, or have the operator add ${host} to NOTIFY_PRIVATE_HOSTS.`,
  );
}

function transportOptions(
  { ca, timeoutMs }: HttpSender,
  { host, port, security, username }: SmtpSettings,
  password: string | undefined,
  connection: Socket,
) {
  return {
    host,
    port,
    connection,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: {
      // An address has no server name (RFC 6066), and its certificate is checked against the address.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
    },
    ...(username === null || password === undefined
      ? {}
      : { auth: { user: username, pass: password } }),
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  };
}
