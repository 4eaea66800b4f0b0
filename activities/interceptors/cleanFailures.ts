import { log } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { toFailure } from '../toFailure.ts';

/** Sees to it that only failures made for a workflow history leave an activity; the rest goes to the log, with the ids. */
export const cleanFailures: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        throw toFailure(error, (message, facts) => {
          log.warn(message, facts);
        });
      }
    },
  },
});
