import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { CostGuardError, ERROR_CODES, type ErrorCode } from '../core/errors.ts';
import { toFailure } from './toFailure.ts';

const SECRET = 'arn:aws:iam::123456789012:role/secret is not authorized';

function convert(error: unknown) {
  const logged: Record<string, unknown>[] = [];
  const failure = toFailure(error, (_, facts) => logged.push(facts));
  return { failure: failure as Error & Partial<ApplicationFailure>, logged };
}

describe('toFailure', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('keeps the code %s and its retry', (code) => {
    const { failure } = convert(new CostGuardError(code, 'Do this next.'));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure.type).toBe(code);
    expect(failure.message).toBe('Do this next.');
    expect(failure.nonRetryable).toBe(!ERROR_CODES[code].retry);
  });

  it('lets no provider message, cause or stack into the history, but into the log', () => {
    const cause = new Error(SECRET);
    const error = new CostGuardError('permission_missing', 'Grant ec2:StopInstances.', {
      cause,
      internal: { requestId: 'r1' },
    });
    const { failure, logged } = convert(error);
    expect(failure.cause).toBeUndefined();
    expect(failure.stack).toBe('');
    expect(failure.message).not.toContain(SECRET);
    expect(logged).toEqual([{ code: 'permission_missing', requestId: 'r1', err: cause }]);
  });

  it('hides what it does not know behind an id that the log holds', () => {
    const { failure, logged } = convert(new Error(SECRET));
    expect(failure.type).toBe('unexpected');
    expect(failure.message).not.toContain(SECRET);
    expect(failure.message).toContain(String(logged[0]?.['logId']));
  });

  it('waits as long as the provider asked', () => {
    const error = new CostGuardError('provider_throttled', 'Slow down.', { retryAfterMs: 7_000 });
    expect(convert(error).failure.nextRetryDelay).toBe(7_000);
  });

  it('passes Temporal’s own failures untouched', () => {
    const cancelled = new CancelledFailure('CANCELLED');
    expect(convert(cancelled).failure).toBe(cancelled);
    const own = ApplicationFailure.create({ type: 'capacity_unavailable', nonRetryable: false });
    expect(convert(own).failure).toBe(own);
  });

  it.each([
    [{ code: 'ECONNREFUSED' }, 'connect ECONNREFUSED 127.0.0.1:5432'],
    [{ code: '57P01' }, 'terminating connection due to administrator command'],
    [{ code: '40001' }, 'could not serialize access'],
    [{}, 'Connection terminated unexpectedly'],
    [{}, 'timeout exceeded when trying to connect'],
  ])('knows a database that is away: %j', (fields, message) => {
    const { failure } = convert(Object.assign(new Error(message), fields));
    expect(failure.type).toBe('database_unavailable');
    expect(failure.nonRetryable).toBe(false);
  });

  it('does not take a mistake in a statement for an outage', () => {
    const { failure } = convert(Object.assign(new Error('no such column'), { code: '42703' }));
    expect(failure.type).toBe('unexpected');
  });
});
