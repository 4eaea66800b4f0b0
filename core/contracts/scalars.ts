import { z } from 'zod';

/** A UUID; written in upper case it is still the same one. */
export const Id = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'Stable id', example: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11' });

// The OpenAPI document says the whole of it: not all of its readers look at the format beside a pattern.
const DAY =
  '(?:(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))' +
  '|(?:19(?:7[26]|8[048]|9[26])|[2-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)-02-29)';
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?';

/** A UTC calendar day. Nothing was billed before 1970, and Postgres has no year 0. */
export const Day = z
  .string()
  .regex(new RegExp(`^${DAY}$`), 'must be a day, YYYY-MM-DD, from 1970-01-01 on')
  .meta({ format: 'date', description: 'UTC day, YYYY-MM-DD', example: '2026-11-20' });

/** Says whether a text is a day: a rule about two days waits until both are, since a wrong one has its own message. */
export const isDay = (text: string): boolean => Day.safeParse(text).success;

/** An instant in UTC, ISO 8601 with `Z`. */
export const Instant = z
  .string()
  .regex(new RegExp(`^${DAY}T${TIME}Z$`), 'must be an instant in UTC, ISO 8601 ending in Z')
  .meta({
    format: 'date-time',
    description: 'UTC instant, ISO 8601',
    example: '2026-11-20T07:00:00.000Z',
  });

/** An exact decimal number as text; never a binary float. */
export const DecimalText = z
  .string()
  .regex(/^-?\d{1,20}(\.\d{1,18})?$/, 'must be a plain decimal number such as 12.50')
  .meta({ description: 'Exact decimal number as text', example: '1234.56' });

/** As `DecimalText`, from 0 on. */
export const NonNegativeDecimalText = z
  .string()
  .regex(/^\d{1,20}(\.\d{1,18})?$/, 'must be a plain decimal number such as 12.50, not negative')
  .meta({ description: 'Exact decimal number as text, not negative', example: '1234.56' });

// At most 18 digits of which one is not 0, without look-aheads, which readers of the document may not know.
const FRACTION_ABOVE_0 = Array.from(
  { length: 18 },
  (_, zeros) => `0{${zeros}}[1-9]\\d{0,${17 - zeros}}`,
).join('|');

/** As `DecimalText`, above 0 and without leading zeros. */
export const PositiveDecimalText = z
  .string()
  .regex(
    new RegExp(`^([1-9]\\d{0,19}(\\.\\d{1,18})?|0\\.(${FRACTION_ABOVE_0}))$`),
    'must be a plain decimal number such as 12.50, more than 0',
  )
  .meta({ description: 'Exact decimal number as text, more than 0', example: '1234.56' });

/** ISO 4217 currency code, as FOCUS `BillingCurrency`. */
export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD')
  .meta({ description: 'ISO 4217 currency code', example: 'USD' });

/** An exact amount with its currency. */
export const MoneyContract = z
  .strictObject({ amount: DecimalText, currency: Currency })
  .meta({ id: 'Money', description: 'Exact amount with its currency' });

/**
 * One line of text that Postgres stores exactly as it came: NUL cannot be stored at all, and half a surrogate pair would
 * come back as another character than the one that the audit log's hash was made of.
 */
export const plainText = (lengthMax: number, text = z.string()) =>
  text
    .min(1)
    .max(lengthMax)
    .regex(PLAIN, BROKEN)
    .refine((value) => !HALF_PAIR.test(value), BROKEN);

const BROKEN = 'must not contain control characters or broken characters';

// It stands in the OpenAPI document, whose readers know no half surrogate pairs; those are refused apart.
// eslint-disable-next-line no-control-regex -- they are what is refused
const PLAIN = /^[^\x00-\x1f\x7f-\x9f]*$/;
const HALF_PAIR = /[\ud800-\udfff]/u;

/** One line of plain text a person wrote. */
export const ShortText = plainText(500, z.string().trim()).meta({
  description: 'Plain text, one line',
});

/** A value that a provider names things with: account, service, region, resource. */
export const ProviderText = plainText(512);

/**
 * A mail address in the form that browsers check; the other one of zod has look-aheads, which readers of the document may
 * not know. It names no `format`, of which each reader has a notion of its own.
 */
export const MailAddress = z
  .string()
  .max(254)
  .regex(z.regexes.html5Email, 'must be a mail address')
  .meta({ example: 'costs@example.com' });

/** The five providers. */
export const Provider = z
  .enum(['aws', 'gcp', 'azure', 'openai', 'anthropic'])
  .meta({ id: 'Provider', description: 'Where the money is spent' });

/** The five providers. */
export type Provider = z.infer<typeof Provider>;
