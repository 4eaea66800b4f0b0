import type { Schemas } from '../../client/api';

/** The type of a rule. */
export type RuleType = Schemas['PolicyRule']['type'];

/** How the types of rules are called, with what each does. */
export const RULES: Record<RuleType, { name: string; hint: string }> = {
  protect: { name: 'Protect', hint: 'No action may touch these resources.' },
  approvers: { name: 'Approvers', hint: 'Only these people or roles may approve.' },
  two_approvers: { name: 'Two approvers', hint: 'Two different people have to approve.' },
  change_window: {
    name: 'Change window',
    hint: 'Outside of these hours an approved action waits for the next ones.',
  },
  daily_limit: { name: 'Limit for a day', hint: 'No more actions an account and UTC day.' },
  freeze: { name: 'Freeze', hint: 'Stops everything that does not execute yet.' },
  infrastructure_as_code: {
    name: 'Infrastructure as code',
    hint: 'What CloudFormation, Terraform and the like manage is warned about or refused.',
  },
};

/** How the kinds of actions are called. */
export const ACTION_KINDS: Record<Schemas['ActionKind'], string> = {
  resize_instance: 'resize a machine',
  stop_instance: 'stop a machine',
  start_instance: 'start a machine',
  delete_volume: 'delete a disk',
  limit_api_key: 'limit an API key',
};

/** The days of a week. */
export const DAYS: Record<Schemas['ChangeHours']['days'][number], string> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};
