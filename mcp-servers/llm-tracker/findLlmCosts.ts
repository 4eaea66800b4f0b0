import type { CostRow } from '../../core/mcp/costRow.ts';
import type { CostQuestion, FoundCosts } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import { fingerprint } from '../kit/cursor.ts';
import { reportProvisionalFrom, type AskReports } from './askReports.ts';
import { fanOut } from './fanOut.ts';
import { toConnectionCall, type LlmConnection } from './llmConnections.ts';
import type { NameKeys } from './nameKeys.ts';
import { toLlmRows, type LlmRows } from './toLlmRows.ts';
import { toReportQuery } from './toReportQuery.ts';

type Part = Omit<FoundCosts, 'rows'> & { rows: CostRow[] };

/** Costs and usage of several connections as one answer; amounts of different currencies stay apart. */
export function createFindCosts(askReports: AskReports, nameKeys: NameKeys, now: () => Date) {
  const remember = createMemory<LlmRows>();
  const rememberAll = createMemory<CostRow[]>();

  const findOne = async (question: CostQuestion, at: LlmConnection, call: ConnectionCall) => {
    const { provider, connectionId } = at;
    const query = toReportQuery(question, provider, now());
    const { parts, asOf, stale } = await askReports(provider, query, call);
    const made = remember(parts, [connectionId, question], () =>
      toLlmRows(parts.flat(), question, query, provider),
    );
    const part: Part = {
      ...made,
      period: query.period,
      provisionalFrom: reportProvisionalFrom(query.report, query.period, now()),
      asOf,
      sources: [toSourceStatus(connectionId, stale)],
    };
    if (question.byResource !== true) return part;
    const { rows, notes } = await nameKeys(part.rows, provider, call);
    return { ...part, rows, notes };
  };

  return async (
    question: CostQuestion,
    connections: readonly LlmConnection[],
    call: SourceCall,
  ): Promise<FoundCosts> => {
    const { answers, failed, notes } = await fanOut(connections, call.signal, (at) =>
      findOne(question, at, toConnectionCall(call, at)),
    );
    const lists = answers.map(({ rows }) => rows);
    const [first, ...more] = answers;
    // fanOut throws when there is none.
    if (!first) throw new TypeError('no connection answered');
    return {
      ...first,
      rows: more.length === 0 ? first.rows : rememberAll(lists, question, () => lists.flat()),
      derivedColumns: [...new Set(answers.flatMap(({ derivedColumns }) => derivedColumns))],
      asOf: new Date(Math.min(...answers.map(({ asOf }) => asOf.getTime()))),
      sources: [...answers.flatMap(({ sources }) => sources), ...failed],
      notes: [...answers.flatMap((answer) => answer.notes ?? []), ...notes],
    };
  };
}

/** What one question made of some lists, kept as long as the first of them: pages are asked for one by one. */
function createMemory<T>() {
  const known = new WeakMap<object, { lists: readonly object[]; key: string; made: T }>();
  return (lists: readonly object[], question: unknown, make: () => T): T => {
    const [first] = lists;
    const key = fingerprint(question);
    const before = first && known.get(first);
    const same =
      before?.lists.length === lists.length && before.lists.every((l, i) => l === lists[i]);
    if (before && same && before.key === key) return before.made;
    const made = make();
    if (first) known.set(first, { lists, key, made });
    return made;
  };
}
