import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { createDashboard } from '../../api/dashboard/createDashboard.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { TEST_PASSWORD } from '../api/createTestIdentities.ts';
import { openBrowser, type OpenBrowser, type OpenBrowserOptions } from './openBrowser.ts';

/** The built dashboard over a test's API, and a browser with one page. */
export interface OpenDashboard extends OpenBrowser {
  uiUrl: string;
  page: Page;
  /** Opens a path on the page and signs a test's person in there; what was complained of until then is forgotten. */
  signIn: (username: string, path: string) => Promise<void>;
}

/** Serves the dashboard on a free port of loopback, or on the port that is given, and opens a browser. */
export async function openDashboard({
  apiUrl,
  port = 0,
  ...options
}: OpenBrowserOptions & { apiUrl: string; port?: number }): Promise<OpenDashboard> {
  const { app, endStreams } = createDashboard({
    apiUrl,
    uiFolder: join(projectRoot, 'ui', 'dist'),
    log: pino({ level: 'silent' }),
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const uiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await openBrowser(options);
  const page = await browser.newPage();
  return {
    ...browser,
    uiUrl,
    page,
    signIn: async (username, path) => {
      await page.goto(`${uiUrl}${path}`);
      await page.getByLabel('User name').fill(username);
      await page.getByLabel('Password').fill(TEST_PASSWORD);
      browser.complaints.length = 0;
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
    close: async () => {
      await browser.close();
      endStreams();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
