import type { DescribeSourceOutput } from '../../../core/mcp/describeSource.ts';
import type { CallBudget } from '../callBudget.ts';
import type { ConnectionHealth, Health } from '../connectionHealth.ts';

type Connection = DescribeSourceOutput['connections'][number];

const SHOWN_MAX = 50;

/** The connections of `named` and those used last, with how their last request went. */
export function describeConnections(
  named: readonly string[],
  label: (connectionId: string) => string,
  health: ConnectionHealth,
  budget: CallBudget,
): Connection[] {
  const states = health.states();
  return [...new Set([...named, ...states.keys()])].slice(0, SHOWN_MAX).map((connectionId) => ({
    connectionId,
    label: label(connectionId),
    ...toHealth(states.get(connectionId)),
    budgetLeft: budget.left(connectionId),
  }));
}

function toHealth(
  state: Health | undefined,
): Pick<Connection, 'health' | 'error' | 'missingPermissions'> {
  if (state === undefined || state === 'ok') {
    return { health: state ?? 'unknown', missingPermissions: [] };
  }
  const { code, permission } = state;
  return {
    health: 'failed',
    error: code,
    missingPermissions: permission === undefined ? [] : [permission],
  };
}
