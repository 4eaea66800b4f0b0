import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { AuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { expect, test } from 'vitest';
import { ToolError } from '../../core/mcp/toolError.ts';
import { fromAzureError } from './fromAzureError.ts';

const QUERY = 'Microsoft.CostManagement/query/action';
const LIMIT = (name: string) => `x-ms-ratelimit-microsoft.costmanagement-${name}-retry-after`;
const request = createPipelineRequest({ url: 'https://localhost/' });

const refusal = (status: number, headers: Record<string, string> = {}, code?: string) =>
  new RestError('planted text', {
    statusCode: status,
    request,
    response: { status, request, headers: createHttpHeaders(headers) },
    ...(code === undefined ? {} : { code }),
  });

test.each<[string, Record<string, string>, number]>([
  ['qpu', { [LIMIT('qpu')]: '12' }, 12],
  [
    'entity, being the longest',
    { 'retry-after': '2', [LIMIT('qpu')]: '7', [LIMIT('entity')]: '33' },
    33,
  ],
  ['tenant', { [LIMIT('tenant')]: '60', [LIMIT('clienttype')]: '8' }, 60],
  ['client type', { [LIMIT('clienttype')]: '45' }, 45],
  ['Retry-After', { 'retry-after': '17' }, 17],
  ['nothing', {}, 10],
  ['nonsense', { [LIMIT('qpu')]: 'soon', 'retry-after': '-3' }, 10],
])('the wait by %s is the longest of all', (_name, headers, seconds) => {
  expect(fromAzureError(refusal(429, headers), QUERY).meta).toEqual({
    code: 'THROTTLED',
    retryable: true,
    retryAfterMs: seconds * 1000,
  });
});

test.each<[string, unknown, string, boolean]>([
  ['no credentials', new CredentialUnavailableError('planted text'), 'AUTH_EXPIRED', false],
  ['refused credentials', new AuthenticationError(400, 'planted text'), 'AUTH_EXPIRED', false],
  ['a sign-in that is down', new AuthenticationError(503, 'planted text'), 'UPSTREAM_FAILED', true],
  ['an answer that is no JSON', refusal(200, {}, 'PARSE_ERROR'), 'UPSTREAM_FAILED', false],
  ['no answer', new RestError('planted text', { code: 'ECONNRESET' }), 'UPSTREAM_FAILED', true],
  ['a mistake of ours', new TypeError('planted text'), 'UPSTREAM_FAILED', false],
  ['no error at all', 'planted text', 'UPSTREAM_FAILED', false],
  ['a deadline', Object.assign(new Error('planted text'), { name: 'AbortError' }), 'TIMEOUT', true],
  ['a missing group', refusal(400, {}, 'ResourceGroupNotFound'), 'NOT_FOUND', false],
])('%s has its code and none of its text', (_name, error, code, retryable) => {
  const { meta, message, cause } = fromAzureError(error, QUERY);
  expect(meta).toMatchObject({ code, retryable });
  expect(message + String(cause)).not.toContain('planted text');
});

test('a refused permission is named with the role that has it', () => {
  const permission = 'Microsoft.Advisor/recommendations/read';
  const { meta, message } = fromAzureError(refusal(403, {}, 'AuthorizationFailed'), permission);
  expect(meta).toEqual({ code: 'PERMISSION_MISSING', retryable: false, permission });
  expect(message).toMatch(/role Cost Management Reader/);
});

test('an error that is known stays as it is', () => {
  const known = new ToolError('BUDGET_EXHAUSTED', 'x');
  expect(fromAzureError(known, QUERY)).toBe(known);
});
