import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callEc2 } from './calls.ts';
import { createEc2For } from './createEc2For.ts';
import { describeInstance } from './describeInstance.ts';
import { fromEc2Error } from './fromEc2Error.ts';

function awsError(name: string, httpStatusCode = 400): Error {
  const error = new Error('arn:aws:iam::123456789012:user/secret');
  return Object.assign(error, { name, $metadata: { httpStatusCode, requestId: 'r-1' } });
}

describe('fromEc2Error', () => {
  it.each([
    ['InsufficientInstanceCapacity', 500, 'capacity_unavailable'],
    ['VcpuLimitExceeded', 400, 'quota_exceeded'],
    ['InstanceLimitExceeded', 400, 'quota_exceeded'],
    ['UnauthorizedOperation', 403, 'permission_missing'],
    ['AuthFailure', 401, 'credentials_rejected'],
    ['ExpiredToken', 400, 'credentials_rejected'],
    ['RequestLimitExceeded', 503, 'provider_throttled'],
    ['InvalidInstanceID.NotFound', 400, 'resource_not_found'],
    ['IncorrectInstanceState', 400, 'resource_busy'],
    ['OperationNotPermitted', 400, 'resize_not_supported'],
    ['InvalidParameterCombination', 400, 'resize_not_supported'],
    ['InternalError', 500, 'provider_unavailable'],
    ['Unavailable', 503, 'provider_unavailable'],
    ['SomethingNew', 400, 'provider_refused'],
    ['SomethingNew', 429, 'provider_throttled'],
  ])('%s (%i) is %s', (name, status, code) => {
    const error = fromEc2Error(awsError(name, status), 'StartInstances');
    expect(error.code).toBe(code);
    expect(error.detail).not.toContain('secret');
    expect(error.internal).toMatchObject({ operation: 'StartInstances', awsError: name });
  });

  it('names the IAM action that is missing', () => {
    const { detail } = fromEc2Error(awsError('UnauthorizedOperation', 403), 'StopInstances');
    expect(detail).toContain('ec2:StopInstances');
  });

  it('takes every network error for an outage', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(fromEc2Error(refused, 'StopInstances').code).toBe('provider_unavailable');
  });
});

describe('a server that never answers', () => {
  let server: Server | undefined;
  afterEach(() => {
    vi.unstubAllEnvs();
    server?.closeAllConnections();
    server?.close();
  });

  it('is given up after the time limit: a changing call once, a read twice', async () => {
    let requests = 0;
    const silent = createServer(() => {
      requests += 1;
    });
    server = silent;
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const { ec2For, close } = createEc2For({ requestTimeoutMs: 200 });
    const target = { instanceId: 'i-00000000', instanceType: 'm5.large' };
    const ec2 = ec2For('us-east-1');
    await expect(callEc2(ec2, 'StopInstances', target)).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    expect(requests).toBe(1);
    await expect(describeInstance(ec2, target.instanceId)).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    expect(requests).toBe(3);
    close();
  });
});
