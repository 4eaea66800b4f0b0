import { CostGuardError } from '../../core/errors.ts';
import { isCertificateProblem } from './isCertificateProblem.ts';

/**
 * What is said of a mail that was not taken. 4xx and broken connections pass; 5xx, credentials and certificates need a
 * person (RFC 5321 section 4.2.1). The server's own words stay out: they may repeat what it was sent.
 *
 * @param timeoutMs the limit, where the time was up
 */
export function fromSmtpError(
  host: string,
  error: unknown,
  timeoutMs: number | undefined,
): CostGuardError {
  const code = fieldOf(error, 'code');
  const status = Number(fieldOf(error, 'responseCode') || Number.NaN);
  const responseStatus = Number.isNaN(status) ? undefined : status;
  const internal = { host, reason: code, responseStatus };
  const isPassing = responseStatus === undefined || responseStatus < 500;
  const refused = (detail: string) =>
    new CostGuardError('notification_refused', detail, { internal });
  if (timeoutMs !== undefined) {
    return new CostGuardError(
      'notification_undelivered',
      `${host} did not take the mail within ${timeoutMs / 1000} seconds.`,
      { internal },
    );
  }
  if (error instanceof Error && isCertificateProblem(error))
    return refused(
      `The certificate of ${host} is not valid; have it renewed, or correct the host.`,
    );
  if (code === 'ETLS')
    return refused(`${host} offers no encryption on this port; correct port and security.`);
  if (code === 'EAUTH' && !(isPassing && responseStatus !== undefined))
    return refused(`${host} did not accept the user name and password; enter them again.`);
  if (!isPassing)
    return refused(
      `${host} answered ${responseStatus}: it does not take this mail; check sender and recipients.`,
    );
  return new CostGuardError(
    'notification_undelivered',
    responseStatus === undefined
      ? `The connection to ${host} failed (${code || 'no code'}).`
      : `${host} answered ${responseStatus}.`,
    { internal },
  );
}

function fieldOf(error: unknown, name: 'code' | 'responseCode'): string {
  if (!(error instanceof Error) || !(name in error)) return '';
  const value: unknown = error[name as keyof Error];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
