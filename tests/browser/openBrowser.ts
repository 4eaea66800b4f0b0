import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../servers/findChromium.ts';

/** How its pages are opened. */
export interface OpenBrowserOptions {
  context?: BrowserContextOptions;
  /** Where only messages of files under this address are complaints; all are where it is left out. */
  complaintsFrom?: string;
}

/** A browser that remembers what its pages complain of. */
export interface OpenBrowser {
  browser: Browser;
  /** Errors and warnings on the console, and errors that nobody caught. */
  complaints: string[];
  /** A page with cookies of its own. */
  newPage: () => Promise<Page>;
  close: () => Promise<void>;
}

/** Starts the browser; its windows are 1280 by 860 pixels and English where `context` says nothing else. */
export async function openBrowser({
  context = {},
  complaintsFrom = '',
}: OpenBrowserOptions = {}): Promise<OpenBrowser> {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [...CHROMIUM_ARGS],
  });
  const complaints: string[] = [];
  const newPage = async () => {
    const own = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      locale: 'en-US',
      ...context,
    });
    const page = await own.newPage();
    page.on('console', (message) => {
      const isCounted = message.location().url.startsWith(complaintsFrom);
      if (isCounted && ['error', 'warning'].includes(message.type()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return page;
  };
  return { browser, complaints, newPage, close: () => browser.close() };
}
