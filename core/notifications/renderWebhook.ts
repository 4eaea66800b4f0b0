import type { Message } from './notificationEvent.ts';

const TYPES = {
  anomaly: 'anomaly.found',
  budget: 'budget.warning',
  action: 'action.waiting',
  test: 'channel.test',
} as const;

/**
 * The JSON event of a signed webhook, in the form that Standard Webhooks recommends. `version` grows only when a field
 * changes its meaning or goes away; new fields may come at any time.
 */
export function renderWebhook({ event, id, occurredAt, link }: Message): Record<string, unknown> {
  return {
    type: TYPES[event.kind],
    version: 1,
    timestamp: occurredAt,
    data: {
      deliveryId: id,
      key: event.key,
      severity: event.severity,
      title: event.title,
      text: event.text,
      link,
      subjectId: event.subjectId ?? null,
      connectionId: event.connectionId ?? null,
      provider: event.provider ?? null,
      accounts: event.accounts ?? [],
      owners: event.owners ?? [],
      impact: event.impact ?? null,
      facts: event.facts ?? [],
    },
  };
}
