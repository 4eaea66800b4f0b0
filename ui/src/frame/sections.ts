import {
  Activity,
  Bell,
  Cable,
  ChartNoAxesColumn,
  CircleCheckBig,
  KeyRound,
  PiggyBank,
  ScrollText,
  ShieldCheck,
  Sparkles,
  UserRound,
  Users,
  Wallet,
} from '@lucide/svelte';
import type { Schemas } from '../client/api';

/** An entry of the sidebar. */
export interface Section {
  path: string;
  label: string;
  icon: typeof Cable;
  /** Only for those who hold it. */
  scope?: Schemas['Scope'];
}

/** The sidebar by what somebody comes for. */
export const GROUPS: readonly { title: string; sections: readonly Section[] }[] = [
  {
    title: 'Cost',
    sections: [
      { path: '/', label: 'Overview', icon: ChartNoAxesColumn },
      { path: '/llm', label: 'LLM', icon: Sparkles },
      { path: '/budgets', label: 'Budgets', icon: Wallet },
      { path: '/savings', label: 'Savings', icon: PiggyBank },
    ],
  },
  {
    title: 'Decide',
    sections: [
      { path: '/anomalies', label: 'Anomalies', icon: Activity },
      { path: '/actions', label: 'Actions', icon: CircleCheckBig },
    ],
  },
  {
    title: 'Configure',
    sections: [
      { path: '/connections', label: 'Connections', icon: Cable },
      { path: '/policies', label: 'Policies', icon: ShieldCheck, scope: 'policies:read' },
      {
        path: '/settings/notifications',
        label: 'Notifications',
        icon: Bell,
        scope: 'notifications:read',
      },
    ],
  },
  {
    title: 'Access',
    sections: [
      { path: '/settings/people', label: 'People', icon: UserRound, scope: 'users:read' },
      { path: '/settings/teams', label: 'Teams', icon: Users, scope: 'users:read' },
      { path: '/settings/services', label: 'Services', icon: KeyRound, scope: 'users:read' },
      { path: '/audit', label: 'Audit log', icon: ScrollText, scope: 'audit:read' },
    ],
  },
];
