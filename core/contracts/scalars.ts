import { z } from 'zod';

/** A UUID in lower case. */
export const Id = z
  .uuid()
  .meta({ description: 'Stable id', example: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11' });

/** A UTC calendar day. */
export const Day = z.iso.date().meta({ description: 'UTC day, YYYY-MM-DD', example: '2026-11-20' });

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

/** One line of plain text a person wrote; control characters are refused. */
export const ShortText = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
  .meta({ description: 'Plain text, one line' });

/** A value that a provider names things with: account, service, region, resource. */
export const ProviderText = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');

/** The five providers. */
export const Provider = z
  .enum(['aws', 'gcp', 'azure', 'openai', 'anthropic'])
  .meta({ id: 'Provider', description: 'Where the money is spent' });

/** The five providers. */
export type Provider = z.infer<typeof Provider>;
