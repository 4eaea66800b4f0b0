import { type DueWarning, warningNotice } from '../../../core/budgets/warningNotice.ts';
import type { Database } from '../../connect.ts';
import { appendAudit } from '../audit/appendAudit.ts';
import { enqueueNotifications } from '../notifications/enqueueNotifications.ts';

/** Tells of a warning that was just kept, in the same transaction: the one place where a budget warning leaves from. */
export async function announceBudgetWarning(tx: Database, warning: DueWarning): Promise<void> {
  const event = warningNotice(warning);
  await enqueueNotifications(tx, event);
  const { key, title, text, severity } = event;
  await appendAudit(tx, {
    actorKind: 'system',
    actorId: null,
    actorName: 'detective',
    operation: 'budget.warn',
    subject: `budget:${warning.budget.id}`,
    detail: { key, title, text, severity },
  });
}
