import type { PolicyFinding } from '../contracts/policyFinding.ts';
import { describeWindow, isOpen, nextOpening } from './changeWindow.ts';
import type { Matching } from './matchSelector.ts';
import type { PolicyFacts } from './policyFacts.ts';

/**
 * What the change windows say together: an action waits until all of them are open at once, and is refused where that does
 * not happen before it lapses. Nothing while all are open.
 */
export function changeWindowFindings(
  matching: readonly Matching[],
  { now, lapsesAt }: PolicyFacts,
): { findings: PolicyFinding[]; waitUntil: string | undefined } {
  const windows = matching.flatMap(({ policy, rule }) =>
    rule.type === 'change_window' ? [{ policy, rule }] : [],
  );
  const nowMs = Date.parse(now);
  const closed = windows.filter(({ rule }) => !isOpen(rule, nowMs));
  if (closed.length === 0) return { findings: [], waitUntil: undefined };
  const opensMs = nextOpening(
    windows.map(({ rule }) => rule),
    nowMs,
    Date.parse(lapsesAt),
  );
  const waitUntil = opensMs === undefined ? undefined : new Date(opensMs).toISOString();
  const what =
    waitUntil === undefined
      ? `no change window opens before this expires at ${lapsesAt}`
      : `the next change window opens at ${waitUntil}`;
  const findings = closed.map(({ policy, rule }): PolicyFinding => ({
    policyId: policy.id,
    name: policy.name,
    type: rule.type,
    effect: waitUntil === undefined ? 'refuse' : 'wait',
    detail: `The policy “${policy.name}” allows changes only ${describeWindow(rule)}; ${what}.`,
  }));
  return { findings, waitUntil };
}
