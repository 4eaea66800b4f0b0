import { z } from 'zod';

/** A UUID; written in upper case it is still the same one. */
export const Id = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'Stable id', example: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11' });

/** A UTC calendar day. Nothing was billed before 1970, and Postgres has no year 0. */
export const Day = z.iso
  .date()
  .refine((day) => day >= '1970-01-01', 'must be 1970-01-01 or later')
  .meta({ description: 'UTC day, YYYY-MM-DD', example: '2026-11-20' });

/** Says whether a text is a day: a rule about two days waits until both are, since a wrong one has its own message. */
export const isDay = (text: string): boolean => Day.safeParse(text).success;

/** An instant in UTC, ISO 8601 with `Z`. */
export const Instant = z.iso
  .datetime()
  .meta({ description: 'UTC instant, ISO 8601', example: '2026-11-20T07:00:00.000Z' });

/** An exact decimal number as text; never a binary float. */
export const DecimalText = z
  .string()
  .regex(/^-?\d{1,20}(\.\d{1,18})?$/, 'must be a plain decimal number such as 12.50')
  .meta({ description: 'Exact decimal number as text', example: '1234.56' });

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
    .regex(PLAIN, 'must not contain control characters or broken characters');

// Without the flag u: the OpenAPI document would carry it as part of the pattern.
// eslint-disable-next-line no-control-regex -- they are what is refused
const PLAIN = /^(?:[^\x00-\x1f\x7f-\x9f\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/;

/** One line of plain text a person wrote. */
export const ShortText = plainText(500, z.string().trim()).meta({
  description: 'Plain text, one line',
});

/** A value that a provider names things with: account, service, region, resource. */
export const ProviderText = plainText(512);

/** The five providers. */
export const Provider = z
  .enum(['aws', 'gcp', 'azure', 'openai', 'anthropic'])
  .meta({ id: 'Provider', description: 'Where the money is spent' });

/** The five providers. */
export type Provider = z.infer<typeof Provider>;
