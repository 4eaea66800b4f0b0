import type { Component } from 'svelte';
import Account from './account/Account.svelte';
import ActionDetail from './actions/ActionDetail.svelte';
import ActionList from './actions/ActionList.svelte';
import AnomalyDetail from './anomalies/AnomalyDetail.svelte';
import AnomalyList from './anomalies/AnomalyList.svelte';
import Audit from './audit/Audit.svelte';
import Budgets from './budgets/Budgets.svelte';
import Connections from './connections/Connections.svelte';
import LlmUsage from './llm/LlmUsage.svelte';
import NotFound from './NotFound.svelte';
import Notifications from './notifications/Notifications.svelte';
import Overview from './overview/Overview.svelte';
import Savings from './savings/Savings.svelte';
import Services from './services/Services.svelte';
import Teams from './teams/Teams.svelte';
import People from './people/People.svelte';
import Policies from './policies/Policies.svelte';

/** A page with what it is given; `section` is its entry in the sidebar. */
export interface Page {
  title: string;
  component: Component<{ id: string }>;
  props: { id: string };
}

const PAGES: [RegExp, string, Component<never>][] = [
  [/^\/$/, 'Overview', Overview],
  [/^\/llm$/, 'LLM', LlmUsage],
  [/^\/anomalies$/, 'Anomalies', AnomalyList],
  [/^\/anomalies\/([0-9a-f-]{36})$/, 'Anomaly', AnomalyDetail],
  [/^\/actions$/, 'Actions', ActionList],
  [/^\/actions\/([0-9a-f-]{36})$/, 'Action', ActionDetail],
  [/^\/savings$/, 'Savings', Savings],
  [/^\/budgets$/, 'Budgets', Budgets],
  [/^\/connections$/, 'Connections', Connections],
  [/^\/policies$/, 'Policies', Policies],
  [/^\/audit$/, 'Audit log', Audit],
  [/^\/settings\/notifications$/, 'Notifications', Notifications],
  [/^\/settings\/services$/, 'Services', Services],
  [/^\/settings\/teams$/, 'Teams', Teams],
  [/^\/settings\/people$/, 'People', People],
  [/^\/account$/, 'Your account', Account],
];

/** The page of a path; one that says so where there is none. */
export function findPage(path: string): Page {
  for (const [pattern, title, component] of PAGES) {
    const match = pattern.exec(path);
    if (match !== null)
      return { title, component: component as Page['component'], props: { id: match[1] ?? '' } };
  }
  return { title: 'Not found', component: NotFound, props: { id: '' } };
}
