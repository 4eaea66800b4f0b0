import { type BudgetFilter, isLlmFilter } from '../contracts/budget.ts';
import type { Provider } from '../contracts/scalars.ts';

const LLM_PROVIDERS: ReadonlySet<Provider> = new Set(['openai', 'anthropic']);

/**
 * Whether costs of a connection can count towards a budget of this filter; account, service and region are not known, nor
 * what a team was given.
 */
export function mayContain(
  filter: BudgetFilter,
  connection: { id: string; provider: Provider },
): boolean {
  const { connectionId, provider } = filter;
  return (
    (connectionId === undefined || connectionId === connection.id) &&
    (provider === undefined || provider === connection.provider) &&
    (!isLlmFilter(filter) || LLM_PROVIDERS.has(connection.provider))
  );
}
