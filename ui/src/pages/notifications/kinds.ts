import type { Schemas } from '../../client/api';

type Kind = Schemas['NotificationChannelKind'];

/** How the kinds of channels are called, in the order in which they are offered. */
export const KINDS = {
  slack: 'Slack or compatible',
  teams: 'Microsoft Teams',
  webhook: 'Signed webhook',
  smtp: 'Email',
} as const satisfies Record<Kind, string>;

/** Where the address of a webhook comes from. */
export const URL_HINTS = {
  slack:
    'The address of an incoming webhook. Mattermost, Rocket.Chat and others take the same form.',
  teams:
    'In the Teams channel: Workflows, “Post to a channel when a webhook request is received”, then its address.',
  webhook: 'Takes a POST of JSON, signed as the Standard Webhooks specification says.',
} as const satisfies Record<Exclude<Kind, 'smtp'>, string>;
