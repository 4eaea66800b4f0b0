import type { BudgetFilter } from '../contracts/budget.ts';
import type { Provider } from '../contracts/scalars.ts';

/** Whether costs of a connection can count towards a budget of this filter; account, service and region are not known. */
export function mayContain(
  filter: BudgetFilter,
  connection: { id: string; provider: Provider },
): boolean {
  const { connectionId, provider } = filter;
  return (
    (connectionId === undefined || connectionId === connection.id) &&
    (provider === undefined || provider === connection.provider)
  );
}
