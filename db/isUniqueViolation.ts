/** Whether a statement failed because a unique value is taken already (Postgres 23505). */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';
