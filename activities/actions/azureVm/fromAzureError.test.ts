import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../core/errors.ts';
import { fromAzureError } from './fromAzureError.ts';

const WRITE = 'Microsoft.Compute/virtualMachines/write';
const START = 'Microsoft.Compute/virtualMachines/start/action';

describe('fromAzureError', () => {
  it.each<[string, number | undefined, string | undefined, string, string]>([
    [
      'OperationNotAllowed',
      409,
      'Operation could not be completed as it results in exceeding approved Total Regional Cores quota.',
      START,
      'quota_exceeded',
    ],
    [
      'OperationNotAllowed',
      409,
      'Unable to resize the VM since changing from resource disk to non-resource disk is not allowed.',
      WRITE,
      'resize_not_supported',
    ],
    ['OperationNotAllowed', 409, undefined, START, 'provider_refused'],
    ['InvalidParameter', 400, undefined, WRITE, 'resize_not_supported'],
    ['InvalidParameter', 400, undefined, START, 'provider_refused'],
    ['OperationPreempted', undefined, undefined, START, 'resource_changed'],
    ['AnotherOperationInProgress', 429, undefined, START, 'resource_busy'],
    ['Unheard', 403, undefined, START, 'permission_missing'],
    ['Unheard', 404, undefined, START, 'resource_not_found'],
    ['Unheard', 429, undefined, START, 'provider_throttled'],
    ['Unheard', 502, undefined, START, 'provider_unavailable'],
    ['Unheard', undefined, undefined, START, 'provider_refused'],
  ])('%s (%s, %s) of %s is %s', (code, status, message, permission, ours) => {
    const error = fromAzureError({ status, code, message }, permission);
    expect(error.code).toBe(ours);
    if (message !== undefined) expect(JSON.stringify(error) + error.detail).not.toContain(message);
  });

  it('is retried only where trying again may help', () => {
    const retried = (code: string) =>
      ERROR_CODES[fromAzureError({ status: 409, code }, START).code].retry;
    expect(retried('Conflict')).toBe(true);
    expect(retried('AllocationFailed')).toBe(false);
    expect(retried('ScopeLocked')).toBe(false);
  });
});
