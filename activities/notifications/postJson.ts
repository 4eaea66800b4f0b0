import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { CostGuardError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/notifications/retryAfterMs.ts';
import { isCertificateProblem } from './isCertificateProblem.ts';
import { resolveTarget, type Resolver } from './resolveTarget.ts';

/** A JSON body for a webhook. */
export interface JsonPost {
  url: string;
  body: string;
  headers?: Record<string, string>;
}

/** How webhooks are reached. */
export interface HttpSender extends Resolver {
  /** Milliseconds until the answer has to be there. */
  timeoutMs: number;
  now: () => Date;
  /** Certificates, PEM, that are trusted besides the usual ones. */
  ca?: string;
}

/**
 * Posts to the address that was checked, and returns the receiver's status. Redirects are not followed and the answer's
 * body is not read.
 *
 * @throws CostGuardError `notification_undelivered` for what may pass, with the receiver's own delay;
 * `notification_refused` and `notification_address_refused` for what a person has to mend; AbortError of `signal`
 */
export async function postJson(
  sender: HttpSender,
  post: JsonPost,
  signal: AbortSignal,
): Promise<number> {
  const url = new URL(post.url);
  const addresses = await resolveTarget(sender, url.hostname);
  const lookup: LookupFunction = (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
  const answer = await exchange(sender, post, url, lookup, signal);
  if (answer.status >= 200 && answer.status < 300) return answer.status;
  throw toRefusal(url.hostname, answer, sender.now());
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

function exchange(
  { timeoutMs, ca }: HttpSender,
  { body, headers }: JsonPost,
  url: URL,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'POST',
      agent: false,
      lookup,
      signal: AbortSignal.any([signal, timeout]),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'CostGuard-AI',
        ...headers,
      },
      ...(ca === undefined ? {} : { ca }),
    });
    request.on('response', (response) => {
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
      response.on('error', () => undefined);
      response.destroy();
    });
    request.on('error', (error) => {
      reject(signal.aborted ? error : toFailure(url.hostname, error, timeout.aborted, timeoutMs));
    });
    request.end(body);
  });
}

/** What is said of a receiver that did not answer. The error itself stays out: it could carry the address's secret path. */
function toFailure(
  host: string,
  error: Error,
  isTimeout: boolean,
  timeoutMs: number,
): CostGuardError {
  if (isCertificateProblem(error)) {
    return new CostGuardError(
      'notification_refused',
      `The certificate of ${host} is not valid; have it renewed, or correct the channel’s address.`,
    );
  }
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return new CostGuardError(
    'notification_undelivered',
    isTimeout
      ? `${host} did not answer within ${timeoutMs / 1000} seconds.`
      : `The connection to ${host} failed (${reason}).`,
    { internal: { host, reason } },
  );
}

function toRefusal(host: string, { status, retryAfter }: Answer, now: Date): CostGuardError {
  const internal = { host, responseStatus: status };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const delayMs = status === 429 || status === 503 ? retryAfterMs(retryAfter, now) : undefined;
    return new CostGuardError('notification_undelivered', `${host} answered ${status}.`, {
      internal,
      ...(delayMs === undefined ? {} : { retryAfterMs: delayMs }),
    });
  }
  return new CostGuardError('notification_refused', `${host} answered ${status}: ${todo(status)}`, {
    internal,
  });
}

function todo(status: number): string {
  if (status < 400) return 'enter the address that it redirects to, redirects are not followed.';
  if (status === 404 || status === 410)
    return 'the webhook is gone; make a new one there and enter its address.';
  if (status === 401 || status === 403)
    return 'it does not let CostGuard in; check the webhook there and its address here.';
  return 'it does not take this kind of message; check that the channel has the right kind.';
}
