import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

/** A page of the dashboard, on the demo's data and seen by its admin. */
export interface VisitedPage {
  /** As in the title of the browser's window. */
  title: string;
  /** Name of its picture. */
  picture: string;
  open: (page: Page) => Promise<void>;
  /** What somebody reads there: each of it is waited for. */
  reads: readonly (string | RegExp)[];
}

const follow = (name: string) => (page: Page) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();

/** All pages that the sidebar leads to, and what they lead to. */
export const EVERY_PAGE: readonly VisitedPage[] = [
  {
    ...{ title: 'Overview', picture: 'overview', open: follow('Overview') },
    reads: ['Total in USD', 'Total in EUR', /^Forecast to .*, USD$/, 'Cost a day by service, USD'],
  },
  {
    ...{ title: 'LLM', picture: 'llm', open: follow('LLM') },
    reads: ['Cost a day by model, USD', 'Cache share', /^Forecast to /],
  },
  {
    ...{ title: 'Budgets', picture: 'budgets', open: follow('Budgets') },
    reads: ['All spend in USD', 'Anthropic API', /\$650\.00 a month/],
  },
  {
    ...{ title: 'Savings', picture: 'savings', open: follow('Savings') },
    reads: ['Resize instance: batch-worker', 'Verdict', '$280.32'],
  },
  {
    ...{ title: 'Anomalies', picture: 'anomalies', open: follow('Anomalies') },
    reads: [
      /Spike: Amazon Elastic Compute Cloud - Compute in us-east-1/,
      'Usage type that drives it:',
      'BoxUsage:m5.4xlarge',
    ],
  },
  {
    ...{ title: 'Anomaly', picture: 'anomaly' },
    open: (page) => page.getByRole('link', { name: /Elastic Compute Cloud - Compute/ }).click(),
    reads: ['Evidence', 'By usage type', 'Why it costs more', 'History', /detective proposed/],
  },
  {
    ...{ title: 'Actions', picture: 'actions', open: follow('Actions') },
    reads: [/^Waiting for a decision/, /^Done/, 'Resize batch-worker to m5.2xlarge'],
  },
  {
    ...{ title: 'Action', picture: 'action' },
    open: (page) => page.getByRole('link', { name: /Resize batch-worker to m5.2xlarge/ }).click(),
    reads: [
      'Calls that will be made',
      'ec2:StopInstances',
      'Progress',
      'Change its type',
      '$280.32',
    ],
  },
  {
    ...{ title: 'Connections', picture: 'connections', open: follow('Connections') },
    reads: ['Northwind AWS', 'Northwind Anthropic', 'Last poll', 'Rows read', 'Next poll', /^in /],
  },
  {
    ...{ title: 'Policies', picture: 'policies', open: follow('Policies') },
    reads: ['Actions are not frozen', /that infrastructure as code manages are warned about/],
  },
  {
    ...{ title: 'Notifications', picture: 'notifications', open: follow('Notifications') },
    reads: ['Nobody is told of findings yet.'],
  },
  {
    ...{ title: 'People', picture: 'people', open: follow('People') },
    reads: ['admin', 'password', 'enabled'],
  },
  {
    ...{ title: 'Teams', picture: 'teams', open: follow('Teams') },
    reads: ['Everybody sees all connections.'],
  },
  {
    ...{ title: 'Services', picture: 'services', open: follow('Services') },
    reads: ['detective', 'Part of CostGuard', 'credentials:write'],
  },
  {
    ...{ title: 'Audit log', picture: 'audit', open: follow('Audit log') },
    reads: [/^\d+ entries\. Head:/, 'session.start'],
  },
  {
    ...{ title: 'Your account', picture: 'account' },
    open: (page) => page.getByRole('link', { name: /^Your account/ }).click(),
    reads: ['Where you are signed in', 'this one', 'Password'],
  },
];

/** The titles of all pages that the dashboard has, so that none is left out of the walk. */
export function listPageTitles(): string[] {
  const source = readFileSync(join(projectRoot, 'ui', 'src', 'pages', 'findPage.ts'), 'utf8');
  return [...source.matchAll(/\$\/,\s*'([^']+)',/g)].map(([, title]) => title ?? '');
}
