import type { PolicyFinding } from '../contracts/policyFinding.ts';
import type { PolicyRule } from '../contracts/policy.ts';
import { compareMoney, type Money } from '../money/money.ts';
import { changeWindowFindings } from './changeWindowFindings.ts';
import { findCodeTag } from './codeTags.ts';
import { type Matching, matchSelector } from './matchSelector.ts';
import type { Approver, PolicyFacts } from './policyFacts.ts';
import { type JudgingPolicy, policyVersion } from './policyVersion.ts';

/** What all policies together say of an action. */
export interface PolicyEvaluation {
  /** Of the policies that are enabled. */
  version: string;
  /** By the names of the policies. */
  findings: PolicyFinding[];
  /** A sentence that names the policy; undefined where none refuses. A freeze comes first. */
  refusal: string | undefined;
  approvalsNeeded: number;
  /** Why somebody may not approve it, naming the policy; undefined where no policy objects. */
  objectTo: (approver: Approver) => string | undefined;
  /** The instant at which all change windows are open, where one is closed now. */
  waitUntil: string | undefined;
}

/**
 * Judges an action by the policies that are enabled. Their order does not count, and no policy takes back what another
 * demands: one more can only refuse more, ask for more approvals, or make it wait longer.
 */
export function evaluatePolicies(
  policies: readonly JudgingPolicy[],
  facts: PolicyFacts,
): PolicyEvaluation {
  const matching = policies
    .filter(({ enabled }) => enabled)
    .toSorted((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id))
    .flatMap((policy): Matching[] => {
      const because = matchSelector(policy.rule.selector, facts);
      return because === undefined ? [] : [{ policy, rule: policy.rule, because }];
    });
  const windows = changeWindowFindings(matching, facts);
  const findings = matching.flatMap((match) =>
    match.rule.type === 'change_window'
      ? windows.findings.filter(({ policyId }) => policyId === match.policy.id)
      : (judge(match, facts) ?? []),
  );
  const refusals = findings.filter(({ effect }) => effect === 'refuse');
  const first = refusals.find(({ type }) => type === 'freeze') ?? refusals[0];
  return {
    version: policyVersion(policies),
    findings,
    refusal: first?.detail,
    approvalsNeeded: findings.some(({ type }) => type === 'two_approvers') ? 2 : 1,
    objectTo: (approver) => objectTo(matching, approver),
    waitUntil: windows.waitUntil,
  };
}

function judge({ policy, rule, because }: Matching, facts: PolicyFacts): PolicyFinding | undefined {
  const found = (effect: PolicyFinding['effect'], detail: string): PolicyFinding => ({
    policyId: policy.id,
    name: policy.name,
    type: rule.type,
    effect,
    detail,
  });
  const name = `the policy “${policy.name}”`;
  const why = because.length === 0 ? '' : ` because of ${because.join(' and ')}`;
  switch (rule.type) {
    case 'protect':
      return found('refuse', `${capital(name)} protects this resource${why}.`);
    case 'freeze':
      return found('refuse', `Actions are frozen by ${name}: ${rule.reason}`);
    case 'approvers':
      return found('approvals', `Only ${whoOf(rule)} may approve this, says ${name}.`);
    case 'two_approvers': {
      const amount = reaches(facts.monthlySaving, rule.from);
      if (amount === undefined) return undefined;
      const reasons = [...because, ...(amount === '' ? [] : [amount])];
      const reason = reasons.length === 0 ? '' : ` because of ${reasons.join(' and ')}`;
      return found(
        'approvals',
        `Two different people have to approve this, says ${name}${reason}.`,
      );
    }
    case 'daily_limit':
      return overLimit(rule, facts, name, found);
    case 'infrastructure_as_code': {
      const code = findCodeTag(facts.tags, rule.tags);
      if (code === undefined) return undefined;
      return found(
        rule.effect,
        `This resource is managed by ${code.tool} (tag ${code.tag}): change it there, or the next deployment undoes this, says ${name}.`,
      );
    }
    case 'change_window':
      return undefined;
  }
}

function overLimit(
  rule: Extract<PolicyRule, { type: 'daily_limit' }>,
  facts: PolicyFacts,
  name: string,
  found: (effect: PolicyFinding['effect'], detail: string) => PolicyFinding,
): PolicyFinding | undefined {
  const began = facts.startedToday.filter(
    (other) => matchSelector(rule.selector, other) !== undefined,
  ).length;
  if (began < rule.actions) return undefined;
  return found(
    facts.stage === 'execution' ? 'refuse' : 'warn',
    `${capital(name)} allows ${rule.actions === 1 ? 'one action' : `${rule.actions} actions`} a day on account ${facts.accountId}, and ${began} began today (UTC).`,
  );
}

/** Why a saving counts as reaching an amount, '' where there is no amount to reach; undefined where it is below. */
function reaches(saving: Money | null, from: Money | undefined): string | undefined {
  if (from === undefined) return '';
  if (saving === null) return 'a saving that is not known';
  if (saving.currency !== from.currency)
    return `an amount in ${saving.currency} that cannot be compared with ${from.currency}`;
  const amount = saving.amount.replace(/^-/, '');
  if (compareMoney({ ...saving, amount }, from) < 0) return undefined;
  return `${amount} ${saving.currency} a month`;
}

function objectTo(matching: readonly Matching[], { id, role }: Approver): string | undefined {
  for (const { policy, rule } of matching) {
    if (rule.type !== 'approvers') continue;
    if (rule.users.includes(id) || rule.roles.some((allowed) => allowed === role)) continue;
    return `Only ${whoOf(rule)} may approve this, says the policy “${policy.name}”.`;
  }
  return undefined;
}

function whoOf({ users, roles }: Extract<PolicyRule, { type: 'approvers' }>): string {
  const named = users.length === 1 ? 'one named person' : `${users.length} named people`;
  return [
    ...(users.length === 0 ? [] : [named]),
    ...['approver', 'admin']
      .filter((role) => roles.some((allowed) => allowed === role))
      .map((role) => `${role}s`),
  ].join(' and ');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
