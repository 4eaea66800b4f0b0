import type { PolicyRule, PolicySelector, PolicyTag } from '../contracts/policy.ts';
import type { SelectableFacts } from './policyFacts.ts';
import type { JudgingPolicy } from './policyVersion.ts';

/** A policy whose selector fits an action, with why. */
export interface Matching {
  policy: JudgingPolicy;
  rule: PolicyRule;
  because: string[];
}

/**
 * Why a selector fits an action, as words for a sentence such as "its tag env=prod"; undefined where it does not fit. All
 * that it names must fit, of each list any; one that names nothing fits everything, for no reason of its own.
 */
export function matchSelector(
  selector: PolicySelector,
  facts: SelectableFacts,
): string[] | undefined {
  const { tags, accounts, connectionIds, kinds } = selector;
  const tag = tags && findTag(tags, facts.tags);
  if (tags !== undefined && tag === undefined) return undefined;
  if (accounts !== undefined && !accounts.includes(facts.accountId)) return undefined;
  if (connectionIds !== undefined && !connectionIds.includes(facts.connectionId)) return undefined;
  if (kinds !== undefined && !kinds.includes(facts.kind)) return undefined;
  return [
    ...(tag === undefined ? [] : [`its tag ${tag}`]),
    ...(accounts === undefined ? [] : [`its account ${facts.accountId}`]),
    ...(connectionIds === undefined ? [] : ['its connection']),
    ...(kinds === undefined ? [] : ['the kind of the action']),
  ];
}

/**
 * The first of the resource's tags, in the order of their keys, that one of `wanted` names, as `key=value`. Without regard
 * to case: a tag Env=Prod that slips past a rule about env=prod would be the accident that the rule is there for. A key
 * that ends in `*` stands for all that begin so.
 */
export function findTag(
  wanted: readonly PolicyTag[],
  tags: Readonly<Record<string, string>>,
): string | undefined {
  const found = Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .find((pair) => wanted.some((tag) => isTag(tag, pair)));
  if (found === undefined) return undefined;
  const [key, value] = found;
  return value === '' ? key : `${key}=${value}`;
}

function isTag(wanted: PolicyTag, [key, value]: readonly [string, string]): boolean {
  const [pattern, name] = [wanted.key.toLowerCase(), key.toLowerCase()];
  const isKey = pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  return (
    isKey && (wanted.value === undefined || wanted.value.toLowerCase() === value.toLowerCase())
  );
}
