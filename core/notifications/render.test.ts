import { describe, expect, test } from 'vitest';
import type { Anomaly } from '../contracts/anomaly.ts';
import { formatAmount } from '../money/formatAmount.ts';
import type { Message } from './notificationEvent.ts';
import { notificationFromAnomaly } from './notificationFromAnomaly.ts';
import { renderEmail } from './renderEmail.ts';
import { renderSlack } from './renderSlack.ts';
import { renderTeams } from './renderTeams.ts';
import { renderWebhook } from './renderWebhook.ts';

const id = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';
const EVIL = `<!channel> <https://evil.example|pay> & [x](https://evil.example) "'><img src=x onerror=1>`;

const anomaly: Anomaly = {
  id,
  fingerprint: 'f',
  provider: 'aws',
  connectionId: id,
  connectionName: 'Production',
  subAccountId: '111',
  serviceName: EVIL,
  regionId: 'us-east-1',
  kind: 'spike',
  severity: 'critical',
  status: 'open',
  statusReason: null,
  statusBy: null,
  startedOn: '2026-11-18',
  lastSeenOn: '2026-11-19',
  actual: '1200.5',
  expected: '40.25',
  lower: '35',
  upper: '46',
  impact: '12345.678',
  currency: 'USD',
  score: 7,
  explanation: `Costs of ${EVIL} rose.`,
  drivers: [],
  series: [],
  owners: ['data & web'],
  llm: null,
  attribution: null,
  actionIds: [],
  createdAt: '2026-11-20T07:00:00.000Z',
  updatedAt: '2026-11-20T07:00:00.000Z',
};
const event = notificationFromAnomaly(anomaly)!;
const message: Message = {
  event,
  id: 'd1',
  occurredAt: '2026-11-20T07:00:00.000Z',
  link: `https://cost.example${event.path}`,
};

describe('a finding', () => {
  test.each(['expected', 'planned', 'false_alarm', 'resolved'] as const)(
    'that is %s is no news',
    (status) => {
      expect(notificationFromAnomaly({ ...anomaly, status })).toBeUndefined();
    },
  );

  test('is one message, whatever it grows to, with amounts in their currency', () => {
    const grown = notificationFromAnomaly({ ...anomaly, severity: 'low', impact: '-3' });
    expect(grown?.key).toBe(event.key);
    expect(grown?.title).toContain('-3.00 USD');
    expect(event.title).toContain('+12,345.68 USD');
    expect(event.facts).toContainEqual({
      label: 'Newest day',
      value: '1,200.50 USD, expected 40.25 USD',
    });
  });

  test('names the accounts of all its series', () => {
    const seen = { firstSeenOn: '2026-11-18', skuMeter: null, share: 0.5 };
    const part = { ...anomaly, ...seen, kind: 'spike' as const };
    const series = [part, { ...part, subAccountId: '222' }, { ...part, subAccountId: null }];
    expect(notificationFromAnomaly({ ...anomaly, series })?.accounts).toEqual(['111', '222']);
  });
});

test.each([
  ['0', '0.00 USD'],
  ['999.995', '1,000.00 USD'],
  ['-1234567.891', '-1,234,567.89 USD'],
  ['0.004', '0.00 USD'],
])('%s USD is written %s', (amount, expected) => {
  expect(formatAmount({ amount, currency: 'USD' })).toBe(expected);
});

describe('Slack', () => {
  const texts = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(texts)
        : [];

  test('sees no tag but the link back', () => {
    for (const text of texts(renderSlack(message))) {
      const tags = text.match(/<[^>]*>/g) ?? [];
      for (const tag of tags) expect(tag).toBe(`<${message.link}|Open in CostGuard>`);
    }
  });

  test('sees &, < and > once escaped, and nothing that links by itself', () => {
    const { blocks, text } = renderSlack(message) as { blocks: { text?: object }[]; text: string };
    expect(text).toContain('&lt;!channel&gt; &lt;https://evil.example|pay&gt; &amp;');
    expect(blocks[0]?.text).toMatchObject({ type: 'mrkdwn', verbatim: true });
  });

  test('gets no more than it takes', () => {
    const long = { ...event, title: 'x'.repeat(900), text: '&'.repeat(2999) };
    const rendered = renderSlack({ ...message, event: { ...long, text: 'y'.repeat(5000) } });
    const { blocks } = rendered as { blocks: [{ text: { text: string } }] };
    expect(blocks[0].text.text.length).toBeLessThan(3000);
    const emoji = renderSlack({ ...message, event: { ...event, title: '😀'.repeat(500) } });
    expect(JSON.stringify(emoji)).not.toMatch(/\\ud83d…/);
  });
});

describe('Teams', () => {
  const card = renderTeams(message) as {
    type: string;
    attachments: [
      {
        contentType: string;
        content: { body: { type: string; inlines: object[] }[]; actions: object[] };
      },
    ];
  };

  test('gets a message with one Adaptive Card and the link back', () => {
    expect(card.type).toBe('message');
    expect(card.attachments).toHaveLength(1);
    expect(card.attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(card.attachments[0].content.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Open in CostGuard', url: message.link },
    ]);
  });

  test('gets all text as TextRuns, which know no Markdown', () => {
    for (const block of card.attachments[0].content.body) {
      expect(block.type).toBe('RichTextBlock');
      for (const inline of block.inlines) expect(inline).toHaveProperty('type', 'TextRun');
    }
  });
});

test('a webhook’s event is versioned and carries what a program needs', () => {
  expect(renderWebhook(message)).toMatchObject({
    type: 'anomaly.found',
    version: 1,
    timestamp: '2026-11-20T07:00:00.000Z',
    data: {
      deliveryId: 'd1',
      key: `anomaly:${id}`,
      severity: 'critical',
      link: `https://cost.example/anomalies/${id}`,
      provider: 'aws',
      accounts: ['111'],
      owners: ['data & web'],
      impact: { amount: '12345.678', currency: 'USD' },
    },
  });
});

describe('a mail', () => {
  const mail = renderEmail(message);

  test('has no tag of anybody else and no attribute to break out of', () => {
    const tags = mail.html.match(/<[^>]*>/g) ?? [];
    for (const tag of tags)
      expect(tag).toMatch(/^<(!doctype html|\/?(html|body|h1|p|table|tr|th|td|a))\b/);
    expect(mail.html).toContain(`<a href="${message.link}">`);
    expect(mail.html).toContain('&lt;img src=x onerror=1&gt;');
  });

  test('says the same as text, and its subject is one line', () => {
    expect(mail.text).toContain(message.link);
    expect(mail.text).toContain(EVIL);
    expect(mail.subject).toMatch(/^\[CostGuard critical\] Spike: [^\r\n]+$/);
  });
});
