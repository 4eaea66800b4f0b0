import type {
  ChannelCreate,
  ChannelKind,
  ChannelSecrets,
  SmtpSettings,
} from '../contracts/notification.ts';
import { CostGuardError, type FieldError } from '../errors.ts';
import { checkMailServer, checkWebhookUrl } from './checkTarget.ts';
import { bareHost } from './privateHosts.ts';

/** What of a channel is not secret, as it is stored. */
export interface ChannelConfig {
  host: string;
  smtp: SmtpSettings | null;
}

/** The fields of a request that settle where a channel sends to. */
export type ChannelTarget = Partial<
  Pick<ChannelCreate, 'url' | 'signingSecret' | 'smtp' | 'password'>
>;

/** Where a channel sends to and with what. */
export interface ChannelSettings {
  config: ChannelConfig;
  secrets: ChannelSecrets;
}

const NEEDS = {
  slack: ['url'],
  teams: ['url'],
  webhook: ['url', 'signingSecret'],
  smtp: ['smtp'],
} as const satisfies Record<ChannelKind, readonly (keyof ChannelTarget)[]>;

const FIELDS = ['url', 'signingSecret', 'smtp', 'password'] as const;

/**
 * The settings of a channel from a request; of `before`, for a change, stays what the request leaves out. A mail password
 * does not follow to another server: it would be handed to whoever runs that one.
 *
 * @throws CostGuardError `invalid_request` for what the kind lacks or does not have, `notification_address_refused`
 */
export function channelSettings(
  kind: ChannelKind,
  given: ChannelTarget,
  privateHosts: ReadonlySet<string>,
  before?: ChannelSettings,
): ChannelSettings {
  assertFits(kind, given, before);
  const smtp = given.smtp ?? before?.config.smtp ?? null;
  if (smtp !== null) {
    if (given.smtp !== undefined) checkMailServer(smtp, privateHosts);
    const password = smtp.username === null ? undefined : passwordFor(smtp, given, before);
    return {
      config: { host: bareHost(smtp.host), smtp },
      secrets: password === undefined ? {} : { password },
    };
  }
  const { url, signingSecret } = { ...before?.secrets, ...definedOf(given) };
  if (url === undefined) throw new TypeError('A webhook channel has lost its address.');
  return {
    config: {
      host:
        given.url === undefined && before !== undefined
          ? before.config.host
          : checkWebhookUrl(url, privateHosts),
      smtp: null,
    },
    secrets: { url, ...(signingSecret === undefined ? {} : { signingSecret }) },
  };
}

function assertFits(kind: ChannelKind, given: ChannelTarget, before?: ChannelSettings): void {
  const needed: readonly string[] = NEEDS[kind];
  const allowed = kind === 'smtp' ? [...needed, 'password'] : needed;
  const errors: FieldError[] = FIELDS.flatMap((field) => {
    const pointer = `/${field}`;
    if (given[field] !== undefined)
      return allowed.includes(field) ? [] : [{ pointer, detail: `is not for ${kind}` }];
    return before === undefined && needed.includes(field)
      ? [{ pointer, detail: `is needed for ${kind}` }]
      : [];
  });
  if (errors.length > 0) throw wrongFields(errors);
}

function passwordFor(
  smtp: SmtpSettings,
  given: ChannelTarget,
  before: ChannelSettings | undefined,
): string {
  const old = before?.config.smtp;
  const isSameServer =
    old?.host === smtp.host && old.port === smtp.port && old.security === smtp.security;
  const password = given.password ?? (isSameServer ? before?.secrets.password : undefined);
  if (password !== undefined) return password;
  throw wrongFields([
    {
      pointer: '/password',
      detail:
        before?.secrets.password === undefined
          ? 'is needed with a user name'
          : 'is needed again for another server',
    },
  ]);
}

const wrongFields = (errors: FieldError[]) =>
  new CostGuardError('invalid_request', 'Correct the fields named in errors and send it again.', {
    errors,
  });

// With exactOptionalPropertyTypes a field that is there and undefined would hide what was before.
const definedOf = ({ url, signingSecret }: ChannelTarget): ChannelSecrets => ({
  ...(url === undefined ? {} : { url }),
  ...(signingSecret === undefined ? {} : { signingSecret }),
});
