import { z } from 'zod';
import { Severity } from './anomaly.ts';
import { pageOf, PageQuery } from './page.ts';
import {
  Id,
  Instant,
  MailAddress,
  NonNegativeDecimalText,
  Provider,
  ProviderText,
  ShortText,
  plainText,
} from './scalars.ts';

/** How a channel sends: Slack-compatible webhook, Teams workflow webhook, signed webhook, mail. */
export const ChannelKind = z
  .enum(['slack', 'teams', 'webhook', 'smtp'])
  .meta({ id: 'NotificationChannelKind' });

/** How a channel sends. */
export type ChannelKind = z.infer<typeof ChannelKind>;

/** What a channel is sent. A list that is left out lets everything through. */
export const NotificationRoute = z
  .strictObject({
    minSeverity: Severity.default('low').meta({ description: 'Least severity that is sent' }),
    minImpact: NonNegativeDecimalText.optional().meta({
      description: 'Least impact of a finding, up or down, in the currency of the finding',
    }),
    providers: z.array(Provider).min(1).max(5).optional(),
    connectionIds: z.array(Id).min(1).max(200).optional(),
    accounts: z.array(ProviderText).min(1).max(200).optional(),
    owners: z
      .array(ProviderText)
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Values of the owner tag' }),
    budgets: z.boolean().default(true).meta({ description: 'Whether budget warnings are sent' }),
    approvals: z.boolean().default(true).meta({
      description: 'Whether it is reminded of actions that wait for approval',
    }),
    escalations: z.boolean().default(false).meta({
      description: 'Whether it is told of actions that are undecided shortly before they expire',
    }),
  })
  .meta({ id: 'NotificationRoute' });

/** What a channel is sent. */
export type NotificationRoute = z.infer<typeof NotificationRoute>;

const Port = z.int().min(1).max(65_535);

const HostName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^[0-9a-f:]+$/, 'must be a host name or an IP address');

/** How mail is handed to a server. `starttls` and `tls` refuse to go on without encryption. */
export const SmtpSettings = z
  .strictObject({
    host: HostName,
    port: Port.default(587),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .meta({ description: 'none only for hosts that the operator allows' }),
    username: plainText(200).nullable().default(null),
    from: MailAddress,
    to: z.array(MailAddress).min(1).max(50),
  })
  .meta({ id: 'SmtpSettings' });

/** How mail is handed to a server; the password is kept apart. */
export type SmtpSettings = z.infer<typeof SmtpSettings>;

const secrets = {
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .meta({ description: 'Webhook address of slack, teams and webhook; never shown again' }),
  signingSecret: z
    .string()
    .regex(
      /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      'must be whsec_ and 24 to 64 bytes in base64',
    )
    .optional()
    .meta({
      description: 'Key that webhook is signed with (Standard Webhooks); never shown again',
    }),
  password: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'Of the mail server’s user; never shown again' }),
};

/** What of a channel is secret; sealed where it is stored. */
export const ChannelSecrets = z.object(secrets).meta({ id: 'NotificationChannelSecrets' });

/** What of a channel is secret. */
export type ChannelSecrets = z.infer<typeof ChannelSecrets>;

const ofKinds = (kinds: string[], { needs, may = [] }: { needs: string[]; may?: string[] }) => ({
  if: { properties: { kind: { enum: kinds } } },
  then: {
    required: needs,
    not: {
      anyOf: ['url', 'signingSecret', 'smtp', 'password']
        .filter((field) => !needs.includes(field) && !may.includes(field))
        .map((field) => ({ required: [field] })),
    },
  },
});

/** A new channel. Which of url, signingSecret, smtp and password it needs follows from its kind. */
export const ChannelCreate = z
  .strictObject({
    kind: ChannelKind,
    name: ShortText.max(100),
    enabled: z.boolean().default(true),
    ...secrets,
    smtp: SmtpSettings.optional(),
    route: NotificationRoute.default({
      minSeverity: 'low',
      budgets: true,
      approvals: true,
      escalations: false,
    }),
  })
  .meta({
    id: 'NotificationChannelCreate',
    // What follows from the kind and from a user name, for readers of the document; `channelSettings` is what refuses.
    allOf: [
      ofKinds(['slack', 'teams'], { needs: ['url'] }),
      ofKinds(['webhook'], { needs: ['url', 'signingSecret'] }),
      ofKinds(['smtp'], { needs: ['smtp'], may: ['password'] }),
      {
        if: {
          properties: {
            kind: { enum: ['smtp'] },
            smtp: {
              type: 'object',
              properties: { username: { type: 'string' } },
              required: ['username'],
            },
          },
          required: ['smtp'],
        },
        then: { required: ['password'] },
      },
    ],
  });

/** A new channel. */
export type ChannelCreate = z.infer<typeof ChannelCreate>;

/** What of a channel can be changed; secrets that are left out stay. */
export const ChannelPatch = z
  .strictObject({
    name: ShortText.max(100).optional(),
    enabled: z.boolean().optional(),
    ...secrets,
    smtp: SmtpSettings.optional(),
    route: NotificationRoute.optional(),
  })
  .meta({ id: 'NotificationChannelPatch' });

/** What of a channel can be changed. */
export type ChannelPatch = z.infer<typeof ChannelPatch>;

/** Where a message stands. `skipped`: the channel was switched off or the finding was judged before it was sent. */
export const DeliveryStatus = z
  .enum(['pending', 'sent', 'failed', 'skipped'])
  .meta({ id: 'NotificationDeliveryStatus' });

/** Where a message stands. */
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** One message on one channel. */
export const Delivery = z
  .object({
    id: Id,
    channelId: Id,
    kind: z.enum(['anomaly', 'budget', 'action', 'test']),
    subjectId: Id.nullable().meta({
      description: 'The finding, budget or action that it is about',
    }),
    title: z.string(),
    severity: Severity,
    path: z.string().meta({ description: 'Page of the dashboard that it links to' }),
    status: DeliveryStatus,
    attempts: z.int(),
    lastError: z
      .string()
      .nullable()
      .meta({ description: 'What went wrong last and what to do about it' }),
    responseStatus: z
      .int()
      .nullable()
      .meta({ description: 'Last status of the receiver: HTTP or SMTP' }),
    createdAt: Instant,
    sentAt: Instant.nullable(),
  })
  .meta({ id: 'NotificationDelivery' });

/** One message on one channel. */
export type Delivery = z.infer<typeof Delivery>;

/** A page of messages, newest first. */
export const DeliveryPage = pageOf('NotificationDeliveryPage', Delivery);

/** How messages are listed. */
export const DeliveryListQuery = z.strictObject({
  ...PageQuery,
  status: DeliveryStatus.optional(),
});

/** A channel as stored, without its secrets. */
export const Channel = z
  .object({
    id: Id,
    kind: ChannelKind,
    name: z.string(),
    enabled: z.boolean(),
    host: z.string().meta({ description: 'Host that it sends to' }),
    smtp: SmtpSettings.nullable().meta({ description: 'null unless the kind is smtp' }),
    route: NotificationRoute,
    lastDelivery: Delivery.nullable().meta({ description: 'null before the first message' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'NotificationChannel' });

/** A channel as stored, without its secrets. */
export type Channel = z.infer<typeof Channel>;

/** A page of channels, by name. */
export const ChannelPage = pageOf('NotificationChannelPage', Channel);

/** How channels are listed. */
export const ChannelListQuery = z.strictObject(PageQuery);
