import type { Schemas } from '../../client/api';
import { ACTION_KINDS, DAYS } from './ruleNames';

type Rule = Schemas['PolicyRule'];

/** Names of connections and people by id. */
export interface Names {
  connections: ReadonlyMap<string, string>;
  people: ReadonlyMap<string, string>;
}

/** What a rule demands, in a sentence. */
export function policySummary(rule: Rule, names: Names): string {
  const about = aboutOf(rule.selector ?? {}, names);
  const where = about === '' ? '' : ` ${about}`;
  switch (rule.type) {
    case 'protect':
      return `No action may touch resources${where}.`;
    case 'approvers':
      return `Only ${whoOf(rule, names)} may approve actions${where}.`;
    case 'two_approvers': {
      const from =
        rule.from === undefined
          ? ''
          : ` that change the monthly cost by ${rule.from.amount} ${rule.from.currency} or more`;
      return `Two different people have to approve actions${where}${from}.`;
    }
    case 'change_window':
      return `Actions${where} are carried out only ${hoursOf(rule)}.`;
    case 'daily_limit':
      return `At most ${rule.actions === 1 ? 'one action' : `${rule.actions} actions`}${where} for each account and UTC day.`;
    case 'freeze':
      return `Nothing${where} is approved or begun: ${rule.reason}`;
    case 'infrastructure_as_code': {
      const own = (rule.tags ?? []).map(tagText);
      const marks = own.length === 0 ? '' : `, or that have the tag ${own.join(' or ')}`;
      const what = rule.effect === 'refuse' ? 'refused' : 'warned about';
      return `Actions on resources${where} that infrastructure as code manages${marks} are ${what}.`;
    }
  }
}

/** A tag as people write it. */
export const tagText = ({ key, value }: Schemas['PolicyTag']): string =>
  value === undefined ? key : `${key}=${value}`;

function aboutOf(selector: Schemas['PolicySelector'], { connections }: Names): string {
  return [
    listed('with the tag', selector.tags?.map(tagText)),
    listed('in account', selector.accounts),
    listed(
      'of',
      selector.connectionIds?.map((id) => connections.get(id) ?? 'a connection that is gone'),
    ),
    listed(
      'by actions that',
      selector.kinds?.map((kind) => ACTION_KINDS[kind]),
    ),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const listed = (word: string, values: readonly string[] | undefined): string =>
  values === undefined ? '' : `${word} ${values.join(' or ')}`;

function whoOf({ users = [], roles = [] }: Extract<Rule, { type: 'approvers' }>, names: Names) {
  const known = users.map((id) => names.people.get(id));
  const people = known.every((name) => name !== undefined)
    ? known
    : [users.length === 1 ? 'one named person' : `${users.length} named people`];
  return [...people, ...roles.map((role) => `${role}s`)].join(' and ');
}

function hoursOf({ hours, timeZone }: Extract<Rule, { type: 'change_window' }>): string {
  const each = hours.map(({ days, from, to }) => {
    const named = Object.entries(DAYS).filter(([day]) => days.some((one) => one === day));
    return `${named.map(([, name]) => name).join(', ')} from ${from} to ${to}`;
  });
  return `${each.join(' and ')} (${timeZone})`;
}
