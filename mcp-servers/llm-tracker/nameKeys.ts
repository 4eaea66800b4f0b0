import type { CostRow } from '../../core/mcp/costRow.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import type { Ask, ConnectionCall } from '../kit/costs/createAsk.ts';
import type { LlmProvider } from './llmProvider.ts';
import { readList } from './readList.ts';

/** Fills in `ResourceName` where the names of API keys can be read, and says where not. */
export type NameKeys = (
  rows: readonly CostRow[],
  provider: LlmProvider,
  call: ConnectionCall,
) => Promise<{ rows: CostRow[]; notes: string[] }>;

// Names are a request for each project, and less important than the costs.
const PROJECTS_MAX = 8;
const TTL_MS = 3_600_000;

/** Names of API keys by project, each kept for an hour. A key that was deleted has none any more. */
export function createNameKeys(
  ask: Ask<ReadonlyMap<string, string | null>>,
  budget: CallBudget,
): NameKeys {
  return async (rows, provider, call) => {
    const { apiKeys } = provider;
    if (!apiKeys) return { rows: [...rows], notes: [] };
    const projects = [...new Set(rows.flatMap(({ SubAccountId }) => SubAccountId ?? []))].sort();
    const names = new Map<string, string | null>();
    const notes = new Set<string>();
    for (const project of projects.slice(0, PROJECTS_MAX)) {
      try {
        const { value } = await ask(['keys', project], call, async (within) => {
          const keys = await readList(provider, apiKeys(project), within, budget);
          const byId = new Map(keys.map(({ id, name }) => [id, name]));
          return { value: byId, ttlMs: TTL_MS, weight: byId.size + 1 };
        });
        for (const [id, name] of value) names.set(id, name);
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        notes.add(`Names of API keys could not be read. ${error.message}`);
      }
    }
    if (projects.length > PROJECTS_MAX) {
      notes.add(`Names of API keys were read for ${PROJECTS_MAX} projects only.`);
    }
    return {
      rows: rows.map((row) => ({ ...row, ResourceName: names.get(row.ResourceId ?? '') ?? null })),
      notes: [...notes],
    };
  };
}
