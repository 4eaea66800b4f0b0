import type { AccountRow } from '../../core/mcp/listAccounts.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import { toSourceStatus, type Ask } from '../kit/costs/createAsk.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import { fanOut } from './fanOut.ts';
import { toConnectionCall, type LlmConnection } from './llmConnections.ts';
import { readList } from './readList.ts';

const TTL_MS = 3_600_000;

/** Projects and workspaces of several connections, archived ones included, kept for an hour. */
export function createFindAccounts(ask: Ask<readonly AccountRow[]>, budget: CallBudget) {
  return async (
    connections: readonly LlmConnection[],
    call: SourceCall,
  ): Promise<FoundList<AccountRow>> => {
    const { answers, failed, notes } = await fanOut(
      connections,
      call.signal,
      async (connection) => {
        const { provider, connectionId } = connection;
        const own = toConnectionCall(call, connection);
        const answer = await ask('accounts', own, async (within) => {
          const value = await readList(provider, provider.accounts, within, budget);
          return { value, ttlMs: TTL_MS, weight: value.length + 1 };
        });
        return { ...answer, connectionId };
      },
    );
    const hasDefault = connections.some(({ provider }) => provider.id === 'anthropic');
    return {
      rows: answers.flatMap(({ value }) => value),
      asOf: new Date(Math.min(...answers.map(({ asOf }) => asOf.getTime()))),
      sources: [
        ...answers.map(({ connectionId, stale }) => toSourceStatus(connectionId, stale)),
        ...failed,
      ],
      notes: [...notes, ...(hasDefault ? [DEFAULT_WORKSPACE] : [])],
    };
  };
}

const DEFAULT_WORKSPACE =
  'Anthropic’s default workspace has no id and is not listed; its costs have the SubAccountId null ("" in a filter).';
