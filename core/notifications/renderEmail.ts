import type { Message } from './notificationEvent.ts';

/** A mail as text and as HTML; neither loads anything from elsewhere. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** The mail of a message. In the HTML part everything but our own tags is escaped. */
export function renderEmail({ event, link }: Message): Mail {
  const facts = event.facts ?? [];
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><th align="left" style="padding:2px 16px 2px 0;color:#555">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return {
    subject: `[CostGuard ${event.severity}] ${event.title}`.slice(0, SUBJECT_MAX),
    text: [
      event.title,
      event.text,
      facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
      `Open in CostGuard: ${link}`,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    html: [
      '<!doctype html><html lang="en"><body style="font-family:sans-serif;line-height:1.5">',
      `<h1 style="font-size:18px">${escapeHtml(event.title)}</h1>`,
      `<p>${escapeHtml(event.severity)} severity</p>`,
      `<p>${escapeHtml(event.text)}</p>`,
      rows.length === 0 ? '' : `<table cellspacing="0">${rows.join('')}</table>`,
      `<p><a href="${escapeHtml(link)}">Open in CostGuard</a></p>`,
      '</body></html>',
    ].join('\n'),
  };
}

const SUBJECT_MAX = 200;

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
