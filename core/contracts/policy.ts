import { z } from 'zod';
import { ActionKind } from './action.ts';
import { PolicyFinding } from './policyFinding.ts';
import { pageOf, PageQuery } from './page.ts';
import { isTimeZone } from '../policy/isTimeZone.ts';
import { Currency, Id, Instant, plainText, PositiveDecimalText, ProviderText } from './scalars.ts';

const Text = (lengthMax: number) => plainText(lengthMax, z.string().trim());

const NAMED_MAX = 200;

/** A tag or label: with a value exactly that one, without any. Keys and values are compared without regard to case. */
export const PolicyTag = z
  .strictObject({ key: ProviderText, value: plainText(512).optional() })
  .meta({ id: 'PolicyTag', description: 'Without a value, whatever the value is' });

/** A tag or label. */
export type PolicyTag = z.infer<typeof PolicyTag>;

/** Which actions a rule is about: all that it names must fit, of each list any; {} is every action. */
export const PolicySelector = z
  .strictObject({
    tags: z.array(PolicyTag).min(1).max(NAMED_MAX).optional(),
    accounts: z
      .array(ProviderText)
      .min(1)
      .max(NAMED_MAX)
      .optional()
      .meta({ description: 'Accounts, subscriptions or projects, as the plan names them' }),
    connectionIds: z.array(Id).min(1).max(NAMED_MAX).optional(),
    kinds: z.array(ActionKind).min(1).max(20).optional(),
  })
  .meta({ id: 'PolicySelector', description: 'What it names must fit; {} is every action' });

/** Which actions a rule is about. */
export type PolicySelector = z.infer<typeof PolicySelector>;

const NAMES_SOMETHING = { minProperties: 1 };
const namesSomething = (selector: PolicySelector) => Object.keys(selector).length > 0;

const selector = PolicySelector.default({});

const ProtectRule = z.strictObject({
  type: z.literal('protect'),
  // Everything is what a freeze is for, which says why.
  selector: PolicySelector.refine(namesSomething, 'must name tags, accounts, connections or kinds')
    .meta(NAMES_SOMETHING)
    .meta({ id: 'PolicySelectorNotEmpty' }),
});

const ApproversRule = z
  .strictObject({
    type: z.literal('approvers'),
    selector,
    users: z.array(Id).max(NAMED_MAX).default([]),
    roles: z
      .array(z.enum(['approver', 'admin']))
      .max(2)
      .default([]),
  })
  .refine(({ users, roles }) => users.length + roles.length > 0, {
    path: ['users'],
    message: 'and roles must not both be empty',
  })
  .meta({
    // The rule, for readers of the document: whoever names no people names roles.
    if: { properties: { users: { maxItems: 0 } } },
    then: { required: ['roles'], properties: { roles: { minItems: 1 } } },
  });

const TwoApproversRule = z.strictObject({
  type: z.literal('two_approvers'),
  selector,
  from: z.strictObject({ amount: PositiveDecimalText, currency: Currency }).optional().meta({
    description:
      'Only where the change of the monthly cost, up or down, is this or more; where that is not known, or in another currency, two are needed',
  }),
});

/** Days of the week, as the clock on the wall has them. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const LocalTime = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'must be a time such as 22:00')
  .meta({ example: '22:00' });

/** Hours on some days; `to` at or before `from` is on the next day. */
export const ChangeHours = z
  .strictObject({
    days: z.array(z.enum(WEEKDAYS)).min(1).max(7),
    from: LocalTime.meta({ description: 'Local time, included' }),
    to: LocalTime.meta({ description: 'Local time, excluded; at or before from: the next day' }),
  })
  .meta({ id: 'ChangeHours' });

/** Hours on some days. */
export type ChangeHours = z.infer<typeof ChangeHours>;

const ChangeWindowRule = z.strictObject({
  type: z.literal('change_window'),
  selector,
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be a time zone of the IANA database such as Europe/Berlin')
    .meta({ description: 'IANA time zone', example: 'Europe/Berlin' }),
  hours: z.array(ChangeHours).min(1).max(20),
});

const DailyLimitRule = z.strictObject({
  type: z.literal('daily_limit'),
  selector,
  actions: z.int().min(1).max(1000).meta({ description: 'For each account and UTC day' }),
});

const FreezeRule = z.strictObject({
  type: z.literal('freeze'),
  selector,
  reason: Text(300).meta({ description: 'Shown to everybody whose action is stopped' }),
});

const CodeRule = z.strictObject({
  type: z.literal('infrastructure_as_code'),
  selector,
  effect: z.enum(['refuse', 'warn']),
  tags: z.array(PolicyTag).max(NAMED_MAX).default([]).meta({
    description: 'Marks of your own beside those of the common tools',
  }),
});

/** What a policy demands, by its type. */
export const PolicyRule = z
  .discriminatedUnion('type', [
    ProtectRule,
    ApproversRule,
    TwoApproversRule,
    ChangeWindowRule,
    DailyLimitRule,
    FreezeRule,
    CodeRule,
  ])
  .meta({ id: 'PolicyRule' });

/** What a policy demands. */
export type PolicyRule = z.infer<typeof PolicyRule>;

const Name = Text(100);

/** A new policy. */
export const PolicyCreate = z
  .strictObject({ name: Name, rule: PolicyRule, enabled: z.boolean().default(true) })
  .meta({ id: 'PolicyCreate' });

/** A new policy. */
export type PolicyCreate = z.infer<typeof PolicyCreate>;

/** What of a policy is changed; a rule that is named replaces the one before. */
export const PolicyPatch = z
  .strictObject({
    name: Name.optional(),
    rule: PolicyRule.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'PolicyPatch' });

/** What of a policy is changed. */
export type PolicyPatch = z.infer<typeof PolicyPatch>;

/** A policy as stored. */
export const Policy = z
  .object({
    id: Id,
    name: z.string(),
    enabled: z.boolean(),
    rule: PolicyRule,
    version: z.int().meta({ description: 'Grows by one with each change' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Policy' });

/** A policy as stored. */
export type Policy = z.infer<typeof Policy>;

/** A page of policies, by name. */
export const PolicyPage = pageOf('PolicyPage', Policy);

/** How policies are listed. */
export const PolicyListQuery = z.strictObject(PageQuery);

/** Which action to judge by the policies as they are now. */
export const PolicyPreviewRequest = z
  .strictObject({ actionId: Id })
  .meta({ id: 'PolicyPreviewRequest' });

/** Which action to judge. */
export type PolicyPreviewRequest = z.infer<typeof PolicyPreviewRequest>;

/** What the policies say of an action. */
export const PolicyPreview = z
  .object({
    version: z.string().meta({ description: 'SHA-256 of the policies that are enabled' }),
    isAsPlanned: z.boolean().meta({
      description: 'Whether they are those that the plan was made under; else it is refused',
    }),
    findings: z.array(PolicyFinding),
    refusal: z.string().nullable().meta({ description: 'Why it would be refused, or null' }),
    approvalsNeeded: z.int(),
    mayApprove: z.boolean().meta({ description: 'Whether the policies let you approve it' }),
    waitUntil: Instant.nullable().meta({ description: 'When the next change window opens' }),
  })
  .meta({ id: 'PolicyPreview' });
