import { CostGuardError } from '../../../core/errors.ts';

/** The error for an API that does not answer or fails; `cause` and `internal` go to the log only. */
export const platformAway = (options: ConstructorParameters<typeof CostGuardError>[2]) =>
  new CostGuardError(
    'api_unavailable',
    'The CostGuard API could not be reached or failed. Try again in a minute; if it stays, an operator has to check that it runs and that INTERNAL_API_URL is its address.',
    options,
  );
