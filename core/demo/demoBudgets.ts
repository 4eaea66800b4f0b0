import type { BudgetCreate } from '../contracts/budget.ts';

/** A budget of the fictional company "Northwind Robotics". */
export interface DemoBudget extends BudgetCreate {
  /** UUIDv5 under `demo.costguard.example`: the same in every demo, so that filling it anew finds its own. */
  id: string;
}

const WATCHED = { fractions: [0.5, 0.8, 1], enabled: true };

/**
 * The budgets of the demo. Amounts hold for months of any length, whatever day the demo is filled on: all spend stays well
 * within, Azure comes near, and Anthropic, which has grown faster than planned, is forecast to cross.
 */
export const DEMO_BUDGETS: readonly DemoBudget[] = [
  {
    ...WATCHED,
    id: '83a1944f-e357-53f0-bb34-ec028d4138f2',
    name: 'All spend in USD',
    amount: '9500',
    currency: 'USD',
    period: 'month',
    filter: {},
  },
  {
    ...WATCHED,
    id: '578f8cdc-5ed6-59dc-bbb1-cc8464266b18',
    name: 'Anthropic API',
    amount: '650',
    currency: 'USD',
    period: 'month',
    filter: { provider: 'anthropic' },
  },
  {
    ...WATCHED,
    id: '9723bfab-6307-5ab4-95ec-bd121ea25dbb',
    name: 'Azure',
    amount: '7500',
    currency: 'EUR',
    period: 'quarter',
    filter: { provider: 'azure' },
  },
];
