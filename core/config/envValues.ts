import { z } from 'zod';

/** A port. */
export const port = (fallback: number, description: string) =>
  z.coerce.number().int().min(1).max(65_535).default(fallback).meta({ description });

/** On or off. */
export const flag = (fallback: boolean, description: string) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1')
    .meta({ description });

/** An address; optional. */
export const url = (description: string) => z.url().optional().meta({ description });
/** A text that is not empty; optional. */
export const text = (description: string) => z.string().min(1).optional().meta({ description });
