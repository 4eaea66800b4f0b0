import type { Severity } from '../contracts/anomaly.ts';
import type { Message } from './notificationEvent.ts';

// Slack refuses more: 3000 characters in a section, 2000 in a field, 10 fields.
const TEXT_MAX = 2500;
const FIELD_MAX = 400;
const FIELDS_MAX = 10;

const SIGNS = {
  low: ':large_blue_circle:',
  medium: ':large_yellow_circle:',
  high: ':large_orange_circle:',
  critical: ':red_circle:',
} as const satisfies Record<Severity, string>;

/**
 * The JSON of a Slack incoming webhook. `text` says it all for what only looks like Slack (Mattermost, Rocket.Chat) and
 * for push messages; Slack itself shows the blocks. They are verbatim: no address or name in them turns into a link.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text: &, < and > are the three characters to escape
 */
export function renderSlack({ event, link }: Message): Record<string, unknown> {
  const title = `${SIGNS[event.severity]} *${escapeSlack(event.title, FIELD_MAX)}*`;
  const text = escapeSlack(event.text, TEXT_MAX);
  const open = `<${encodeURI(link)}|Open in CostGuard>`;
  const facts = (event.facts ?? []).slice(0, FIELDS_MAX).map(({ label, value }) => ({
    label: escapeSlack(label, FIELD_MAX),
    value: escapeSlack(value, FIELD_MAX),
  }));
  const lines = facts.map(({ label, value }) => `*${label}:* ${value}`);
  return {
    text: [title, text, ...lines, open].join('\n'),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: mrkdwn(`${title}\n${text}`) },
      ...(facts.length === 0
        ? []
        : [
            {
              type: 'section',
              fields: facts.map(({ label, value }) => mrkdwn(`*${label}*\n${value}`)),
            },
          ]),
      { type: 'context', elements: [mrkdwn(`${event.severity} severity · ${open}`)] },
    ],
  };
}

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });

function escapeSlack(text: string, lengthMax: number): string {
  return shorten(text, lengthMax)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

// Before escaping: half an entity would show. Half a surrogate pair at the end is no character and goes too.
const shorten = (text: string, lengthMax: number) =>
  text.length <= lengthMax
    ? text
    : `${text.slice(0, lengthMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
