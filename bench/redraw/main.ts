import type { Page } from 'playwright-core';
import { openDashboard } from '../../tests/browser/openDashboard.ts';
import { madeUpAnswers } from './madeUpAnswers.ts';

// How long the Overview's chart of 400 days and 20 series takes to be drawn again in Chromium, from the click on its legend
// until the frame is painted: the whole of what a person waits for, a frame's own wait included.
const DAYS = Number(process.argv[2] ?? 400);
const SERIES = Number(process.argv[3] ?? 20);
const ROUNDS = 40;
const LIMIT_MS = 50;

const line = (text: string) => process.stdout.write(`${text}\n`);
const ui = await openDashboard({ apiUrl: 'http://127.0.0.1:1' });
try {
  const answer = madeUpAnswers(DAYS, SERIES);
  await ui.page.route('**/api/v1/**', (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname.endsWith('/events') ? route.abort() : route.fulfill({ json: answer(pathname) });
  });
  await ui.page.goto(`${ui.uiUrl}/?days=365`);
  await ui.page.locator('.uplot canvas').first().waitFor();
  const times = await redraw(ui.page);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  line(
    `${DAYS} days of ${SERIES} series: median ${at(0.5).toFixed(1)} ms, 95% within ${at(0.95).toFixed(1)} ms, ratio to the limit ${(at(0.5) / LIMIT_MS).toFixed(2)}, limit ${LIMIT_MS} ms: ${at(0.5) < LIMIT_MS ? 'met' : 'NOT met'}`,
  );
} finally {
  await ui.close();
}

/** The times of clicks that hide one series after the other and show them again, sorted. */
async function redraw(page: Page): Promise<number[]> {
  const times = await page.evaluate<number[]>(`(async () => {
    const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(0);
    }));
    const buttons = document.querySelectorAll('[aria-label^="Groups;"] button');
    const times = [];
    for (let round = 0; round < ${ROUNDS}; round += 1) {
      await painted();
      const before = document.querySelector('.uplot');
      const started = performance.now();
      buttons[round % 4].dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true }));
      await painted();
      times.push(performance.now() - started);
      if (document.querySelector('.uplot') === before) throw new Error('It was not drawn again.');
    }
    return times;
  })()`);
  return times.sort((a, b) => a - b);
}
