import type { z } from 'zod';
import { CostGuardError } from '../../../core/errors.ts';

/** Reads an answer of a provider. @throws CostGuardError `provider_answer_invalid`, with the wrong fields for the log */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  name: string,
): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CostGuardError(
    'provider_answer_invalid',
    `${name} left out what belongs to an answer, or gave it in another form.`,
    { internal: { issues: parsed.error.issues.map(({ path }) => path.join('.')) } },
  );
}
