import type { Severity } from '../contracts/anomaly.ts';
import type { Message } from './notificationEvent.ts';

const COLORS = {
  low: 'accent',
  medium: 'warning',
  high: 'warning',
  critical: 'attention',
} as const satisfies Record<Severity, string>;

/**
 * The JSON of a Microsoft Teams workflow ("When a Teams webhook request is received"): a message with one Adaptive Card.
 * All text is in TextRuns, where neither Markdown nor a mention nor a link is recognised, so nothing has to be escaped.
 *
 * @see https://learn.microsoft.com/en-us/adaptive-cards/create/textfeatures: RichTextBlock does not support markdown
 */
export function renderTeams({ event, link }: Message): Record<string, unknown> {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            block(
              [
                { text: `${event.severity.toUpperCase()} `, color: COLORS[event.severity] },
                { text: event.title },
              ],
              { size: 'large', weight: 'bolder' },
            ),
            block([{ text: event.text }]),
            ...(event.facts ?? []).map(({ label, value }) =>
              block([{ text: `${label}: `, weight: 'bolder' }, { text: value }], {
                spacing: 'small',
              }),
            ),
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open in CostGuard', url: link }],
        },
      },
    ],
  };
}

interface Run {
  text: string;
  color?: string;
  weight?: string;
}

function block(
  runs: Run[],
  { spacing, ...style }: { spacing?: string; size?: string; weight?: string } = {},
) {
  return {
    type: 'RichTextBlock',
    ...(spacing === undefined ? {} : { spacing }),
    inlines: runs.map((run) => ({ type: 'TextRun', ...style, ...run })),
  };
}
