import { ToolError } from '../../core/mcp/toolError.ts';
import { utcDay } from '../../core/time/day.ts';
import { createMemoryLedger, type SpendingLedger } from './spendingLedger.ts';

/** Paid provider requests that each connection may make on a UTC day. */
export interface CallBudget {
  /** Requests left today. */
  left(connectionId: string): number;
  /** Takes requests from today's budget. @throws ToolError `BUDGET_EXHAUSTED` when fewer are left */
  take(connectionId: string, count?: number): void;
  /** Counts requests that happened without asking, such as an SDK's own retry. */
  charge(connectionId: string, count: number): void;
  /** When the next day's budget begins. */
  resetsAt(): Date;
  readonly perDay: number;
}

const DAY_MS = 86_400_000;

/** A budget of so many requests a UTC day; what was spent stands in `ledger`. */
export function createCallBudget(
  perDay: number,
  now: () => Date,
  ledger: SpendingLedger = createMemoryLedger(),
): CallBudget {
  const charge = (connectionId: string, count: number): void => {
    if (count > 0) ledger.add(utcDay(now()), connectionId, count);
  };
  const resetsAt = (): Date => new Date((Math.floor(now().getTime() / DAY_MS) + 1) * DAY_MS);
  const left = (connectionId: string) =>
    Math.max(0, perDay - ledger.used(utcDay(now()), connectionId));
  return {
    perDay,
    left,
    charge,
    resetsAt,
    take: (connectionId, count = 1) => {
      if (left(connectionId) < count) throw exhausted(perDay, resetsAt(), now());
      charge(connectionId, count);
    },
  };
}

function exhausted(perDay: number, resetsAt: Date, now: Date): ToolError {
  return new ToolError(
    'BUDGET_EXHAUSTED',
    `This connection has used its ${perDay} paid provider requests of today, so the provider was not asked. The budget starts anew at ${resetsAt.toISOString()}; until then repeat queries that were answered before, or have an operator raise the budget.`,
    { retryAfterMs: resetsAt.getTime() - now.getTime() },
  );
}
