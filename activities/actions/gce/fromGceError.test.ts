import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../core/errors.ts';
import { fromGceError } from './fromGceError.ts';

const START = 'compute.instances.start';

describe('fromGceError', () => {
  it.each<[string, number | undefined, string, string]>([
    ['STOCKOUT', undefined, START, 'capacity_unavailable'],
    ['ZONE_RESOURCE_POOL_EXHAUSTED', 503, START, 'capacity_unavailable'],
    ['QUOTA_EXCEEDED', undefined, START, 'quota_exceeded'],
    ['PERMISSIONS_ERROR', undefined, START, 'permission_missing'],
    ['RESOURCE_OPERATION_RATE_EXCEEDED', undefined, START, 'provider_throttled'],
    ['UNSUPPORTED_OPERATION', undefined, START, 'resize_not_supported'],
    ['invalid', 400, 'compute.instances.setMachineType', 'resize_not_supported'],
    ['invalid', 400, START, 'provider_refused'],
    ['Unheard', 401, START, 'credentials_rejected'],
    ['Unheard', 403, START, 'permission_missing'],
    ['Unheard', 404, START, 'resource_not_found'],
    ['Unheard', 412, START, 'resource_busy'],
    ['Unheard', 429, START, 'provider_throttled'],
    ['Unheard', 502, START, 'provider_unavailable'],
    ['Unheard', undefined, START, 'provider_refused'],
  ])('%s (%s) of %s is %s', (reason, status, permission, ours) => {
    expect(fromGceError({ status, reason }, permission).code).toBe(ours);
  });

  it('is retried only where trying again may help', () => {
    const retried = (reason: string) =>
      ERROR_CODES[fromGceError({ status: undefined, reason }, START).code].retry;
    expect(retried('RESOURCE_NOT_READY')).toBe(true);
    expect(retried('STOCKOUT')).toBe(false);
  });
});
