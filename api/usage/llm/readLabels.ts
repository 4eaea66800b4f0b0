import type { LlmDimension } from '../../../core/contracts/llmUsage.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';
import type { Database } from '../../../db/connect.ts';
import { readProjectNames } from '../../../db/queries/llm/spend/readProjectNames.ts';

/** What a key, as it is stored, is called. */
export type LabelOf = (key: string) => string;

const PROVIDERS = new Map([
  ['openai', 'OpenAI'],
  ['anthropic', 'Anthropic'],
]);

// Names come with the daily costs; a project without any for so long shows its id.
const NAME_DAYS = 35;

/**
 * What the keys of a dimension are called: projects by the names that the provider's costs of the last weeks tell, with
 * their ids where several have the same name.
 */
export async function readLabels(
  db: Database,
  dimension: LlmDimension,
  keys: readonly string[],
  until: string,
): Promise<LabelOf> {
  const since = addDays(utcDay(new Date(until)), -NAME_DAYS);
  const names =
    dimension === 'project'
      ? await readProjectNames(db, [...new Set(keys)], since)
      : dimension === 'provider'
        ? PROVIDERS
        : undefined;
  return (key) => {
    if (key === '') return 'Without a value';
    if (dimension === 'meter') return key.replaceAll('_', ' ');
    const name = names?.get(key);
    if (name === undefined) return key;
    return [...(names?.values() ?? [])].filter((other) => other === name).length > 1
      ? `${name} (${key})`
      : name;
  };
}
