import { z } from 'zod';
import { EnvSchema } from '../../core/config/env.ts';

/** One environment variable as a person reads about it; `fallback` is empty where there is no default. */
export interface DescribedVariable {
  name: string;
  description: string;
  fallback: string;
}

/** Every environment variable of the schema, in its order. */
export function describeEnv(): DescribedVariable[] {
  const schema = z.toJSONSchema(EnvSchema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description, default: fallback } = typeof property === 'object' ? property : {};
    return { name, description: description ?? '', fallback: fallbackText(fallback) };
  });
}

const fallbackText = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
