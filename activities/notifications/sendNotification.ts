import { Context } from '@temporalio/activity';
import { CostGuardError, ERROR_CODES } from '../../core/errors.ts';
import type { Message, NotificationEvent } from '../../core/notifications/notificationEvent.ts';
import { renderEmail } from '../../core/notifications/renderEmail.ts';
import { renderSlack } from '../../core/notifications/renderSlack.ts';
import { renderTeams } from '../../core/notifications/renderTeams.ts';
import { renderWebhook } from '../../core/notifications/renderWebhook.ts';
import type { Database } from '../../db/connect.ts';
import { type Attempt, beginAttempt } from '../../db/queries/notifications/beginAttempt.ts';
import { recordAttempt } from '../../db/queries/notifications/recordAttempt.ts';
import { heartbeating } from '../actions/heartbeating.ts';
import { type HttpSender, postJson } from './postJson.ts';
import type { OpenChannelSecrets } from './openChannelSecrets.ts';
import { sendMail } from './sendMail.ts';
import { signWebhook } from './signWebhook.ts';

/** What sending uses. */
export interface NotificationDependencies extends HttpSender {
  db: Database;
  openSecrets: OpenChannelSecrets;
  /** Address of the dashboard, for links. */
  uiUrl: string;
}

interface Receipt {
  responseStatus: number;
  /** What went wrong all the same. */
  detail?: string;
}

/** Sends one message. */
export function createSendNotification(dependencies: NotificationDependencies) {
  /**
   * Sends a message unless it is settled, and writes how that went. A second run after that does nothing. HTTP and SMTP
   * know no "exactly once": where the receiver took a message and the worker died before it could write so, the message
   * is sent again, under the same id (`webhook-id`, `Message-ID`), by which a receiver can drop it.
   */
  return async function sendNotification({ deliveryId }: { deliveryId: string }): Promise<void> {
    const { db } = dependencies;
    const attempt = await beginAttempt(db, deliveryId);
    if (attempt === undefined) return;
    const reason = reasonToSkip(attempt);
    if (reason !== undefined) {
      const outcome = { status: 'skipped', responseStatus: null, detail: reason } as const;
      await recordAttempt(db, deliveryId, outcome);
      return;
    }
    const signal = Context.current().cancellationSignal;
    const receipt = await heartbeating(() => send(dependencies, attempt, signal)).catch(
      async (error: unknown) => {
        if (error instanceof CostGuardError) await recordFailure(db, deliveryId, error);
        throw error;
      },
    );
    await recordAttempt(db, deliveryId, {
      status: 'sent',
      responseStatus: receipt.responseStatus,
      detail: receipt.detail ?? null,
    });
  };
}

/** The status in which a subject is news. */
const NEWS: Partial<Record<NotificationEvent['kind'], string>> = {
  anomaly: 'open',
  action: 'proposed',
};

/** Why a message is no longer wanted; a test is, also on a channel that is switched off. */
function reasonToSkip({ event, isEnabled, subjectStatus }: Attempt): string | undefined {
  if (event.kind === 'test') return undefined;
  if (!isEnabled) return 'The channel was switched off before this was sent.';
  if (subjectStatus === null || subjectStatus === NEWS[event.kind]) return undefined;
  const subject = event.kind === 'action' ? 'action' : 'finding';
  return `The ${subject} was ${subjectStatus.replace('_', ' ')} before this was sent.`;
}

async function recordFailure(
  db: Database,
  deliveryId: string,
  error: CostGuardError,
): Promise<void> {
  const responseStatus = error.internal?.['responseStatus'];
  await recordAttempt(db, deliveryId, {
    status: ERROR_CODES[error.code].retry ? 'pending' : 'failed',
    responseStatus: typeof responseStatus === 'number' ? responseStatus : null,
    detail: error.detail,
  });
}

async function send(
  dependencies: NotificationDependencies,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Receipt> {
  const { config, createdAt, deliveryId, event, kind } = attempt;
  const secrets = await dependencies.openSecrets(deliveryId, signal);
  const message: Message = {
    event,
    id: deliveryId,
    occurredAt: createdAt.toISOString(),
    link: `${dependencies.uiUrl}${event.path}`,
  };
  const post = async (body: string, headers: Record<string, string> = {}): Promise<Receipt> => {
    const url = needed(secrets.url);
    return { responseStatus: await postJson(dependencies, { url, body, headers }, signal) };
  };
  switch (kind) {
    case 'slack':
      return post(JSON.stringify(renderSlack(message)));
    case 'teams':
      return post(JSON.stringify(renderTeams(message)));
    case 'webhook': {
      const body = JSON.stringify(renderWebhook(message));
      const at = dependencies.now();
      return post(body, signWebhook(needed(secrets.signingSecret), { id: deliveryId, at, body }));
    }
    case 'smtp': {
      const settings = needed(config.smtp ?? undefined);
      const mail = renderEmail(message);
      const { password } = secrets;
      const outgoing = { settings, password, mail, id: deliveryId };
      const receipt = await sendMail(dependencies, outgoing, signal);
      return {
        responseStatus: receipt.responseStatus,
        ...(receipt.refused > 0 && {
          detail: `${receipt.refused} of ${settings.to.length} recipients were refused; check their addresses.`,
        }),
      };
    }
  }
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('A channel lacks what its kind needs.');
  return value;
}
