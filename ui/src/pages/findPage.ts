import type { Component } from 'svelte';

/** A page with what it is given. Its code is loaded when it is first shown. */
export interface Page {
  title: string;
  /** Rejects where the code cannot be had: the network is away, or a newer release has taken its place. */
  load: () => Promise<Component<{ id: string }>>;
  props: { id: string };
}

const PAGES: [RegExp, string, () => Promise<{ default: Component<never> }>][] = [
  [/^\/$/, 'Overview', () => import('./overview/Overview.svelte')],
  [/^\/llm$/, 'LLM', () => import('./llm/LlmUsage.svelte')],
  [/^\/anomalies$/, 'Anomalies', () => import('./anomalies/AnomalyList.svelte')],
  [/^\/anomalies\/([0-9a-f-]{36})$/, 'Anomaly', () => import('./anomalies/AnomalyDetail.svelte')],
  [/^\/actions$/, 'Actions', () => import('./actions/ActionList.svelte')],
  [/^\/actions\/([0-9a-f-]{36})$/, 'Action', () => import('./actions/ActionDetail.svelte')],
  [/^\/savings$/, 'Savings', () => import('./savings/Savings.svelte')],
  [/^\/budgets$/, 'Budgets', () => import('./budgets/Budgets.svelte')],
  [/^\/connections$/, 'Connections', () => import('./connections/Connections.svelte')],
  [/^\/policies$/, 'Policies', () => import('./policies/Policies.svelte')],
  [/^\/audit$/, 'Audit log', () => import('./audit/Audit.svelte')],
  [
    /^\/settings\/notifications$/,
    'Notifications',
    () => import('./notifications/Notifications.svelte'),
  ],
  [/^\/settings\/services$/, 'Services', () => import('./services/Services.svelte')],
  [/^\/settings\/teams$/, 'Teams', () => import('./teams/Teams.svelte')],
  [/^\/settings\/people$/, 'People', () => import('./people/People.svelte')],
  [/^\/account$/, 'Your account', () => import('./account/Account.svelte')],
];

/** The page of a path; one that says so where there is none. */
export function findPage(path: string): Page {
  for (const [pattern, title, load] of PAGES) {
    const match = pattern.exec(path);
    if (match !== null) return toPage(title, load, match[1]);
  }
  return toPage('Not found', () => import('./NotFound.svelte'));
}

function toPage(title: string, load: (typeof PAGES)[number][2], id = ''): Page {
  return {
    title,
    load: async () => (await load()).default as Component<{ id: string }>,
    props: { id },
  };
}
