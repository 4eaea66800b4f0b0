import type { ActionKind } from '../contracts/action.ts';
import type { Role } from '../contracts/access.ts';
import type { Money } from '../money/money.ts';

/** What a selector looks at. */
export interface SelectableFacts {
  kind: ActionKind;
  connectionId: string;
  /** Account, subscription or project, as the plan names it. */
  accountId: string;
  /** Tags or labels; empty where the resource can have none. */
  tags: Readonly<Record<string, string>>;
}

/** What is known of an action when the policies are asked. */
export interface PolicyFacts extends SelectableFacts {
  /** The limit for a day binds when the action is about to execute; before, it only warns. */
  stage: 'proposal' | 'approval' | 'execution';
  /** What is saved a month, negative where it costs more; null where that is not known. */
  monthlySaving: Money | null;
  /** Other actions on the same account that began to execute on the UTC day of `now`. */
  startedToday: readonly SelectableFacts[];
  /** ISO instants. `lapsesAt`: until when it may wait for a change window. */
  now: string;
  lapsesAt: string;
}

/** Somebody who wants to approve. */
export interface Approver {
  id: string;
  role: Role;
}
