import type { Schemas } from '../../client/api';
import { tagText } from './policySummary';
import type { RuleType } from './ruleNames';

type Rule = Schemas['PolicyRule'];
type Selector = Schemas['PolicySelector'];

/** A policy as a person edits it: lists are text, one entry a line; an empty field does not narrow. */
export interface PolicyForm {
  type: RuleType;
  name: string;
  tags: string;
  accounts: string;
  connectionIds: string[];
  kinds: Schemas['ActionKind'][];
  users: string[];
  roles: ('approver' | 'admin')[];
  amount: string;
  currency: string;
  timeZone: string;
  hours: { days: Schemas['ChangeHours']['days']; from: string; to: string }[];
  actions: number;
  reason: string;
  effect: 'refuse' | 'warn';
  codeTags: string;
}

/** The form of a new policy, in the reader's time zone. */
export function emptyForm(timeZone: string): PolicyForm {
  return {
    type: 'protect',
    name: '',
    tags: '',
    accounts: '',
    connectionIds: [],
    kinds: [],
    users: [],
    roles: [],
    amount: '',
    currency: 'USD',
    timeZone,
    hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '22:00', to: '05:00' }],
    actions: 5,
    reason: '',
    effect: 'warn',
    codeTags: '',
  };
}

/** The form of a policy that is there. */
export function formOf({ name, rule }: Schemas['Policy'], timeZone: string): PolicyForm {
  const { tags, accounts, connectionIds, kinds } = rule.selector ?? {};
  const form: PolicyForm = {
    ...emptyForm(timeZone),
    type: rule.type,
    name,
    tags: (tags ?? []).map(tagText).join('\n'),
    accounts: (accounts ?? []).join('\n'),
    connectionIds: [...(connectionIds ?? [])],
    kinds: [...(kinds ?? [])],
  };
  switch (rule.type) {
    case 'protect':
      return form;
    case 'approvers':
      return { ...form, users: [...(rule.users ?? [])], roles: [...(rule.roles ?? [])] };
    case 'two_approvers':
      return rule.from === undefined ? form : { ...form, ...rule.from };
    case 'change_window':
      return {
        ...form,
        timeZone: rule.timeZone,
        hours: rule.hours.map((hours) => ({ ...hours, days: [...hours.days] })),
      };
    case 'daily_limit':
      return { ...form, actions: rule.actions };
    case 'freeze':
      return { ...form, reason: rule.reason };
    case 'infrastructure_as_code':
      return {
        ...form,
        effect: rule.effect,
        codeTags: (rule.tags ?? []).map(tagText).join('\n'),
      };
  }
}

/** The rule that a form describes. */
export function toRule(form: PolicyForm): Rule {
  const selector = selectorOf(form);
  switch (form.type) {
    case 'protect':
      return { type: form.type, selector };
    case 'approvers':
      return { type: form.type, selector, users: form.users, roles: form.roles };
    case 'two_approvers': {
      const amount = form.amount.trim();
      const from = { amount, currency: form.currency.trim().toUpperCase() };
      return { type: form.type, selector, ...(amount !== '' && { from }) };
    }
    case 'change_window':
      return { type: form.type, selector, timeZone: form.timeZone, hours: form.hours };
    case 'daily_limit':
      return { type: form.type, selector, actions: form.actions };
    case 'freeze':
      return { type: form.type, selector, reason: form.reason.trim() };
    case 'infrastructure_as_code':
      return { type: form.type, selector, effect: form.effect, tags: tagsOf(form.codeTags) };
  }
}

function selectorOf({ tags, accounts, connectionIds, kinds }: PolicyForm): Selector {
  const [wanted, named] = [tagsOf(tags), linesOf(accounts)];
  return {
    ...(wanted.length > 0 && { tags: wanted }),
    ...(named.length > 0 && { accounts: named }),
    ...(connectionIds.length > 0 && { connectionIds }),
    ...(kinds.length > 0 && { kinds }),
  };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Tags from lines such as `env=prod`; a line without `=` is a key with any value. */
function tagsOf(text: string): Schemas['PolicyTag'][] {
  return linesOf(text).map((line) => {
    const [key = '', ...rest] = line.split('=');
    const value = rest.join('=').trim();
    return { key: key.trim(), ...(value !== '' && { value }) };
  });
}
