import { expect, test } from 'vitest';
import { ERROR_CODES } from '../errors.ts';
import { fromToolError, TOOL_ERRORS, ToolError, ToolErrorMeta } from './toolError.ts';

test('what a server sends is what the other side reads', () => {
  const { meta } = new ToolError('THROTTLED', 'Wait.', { retryAfterMs: 1500, cause: 'secret' });
  expect(ToolErrorMeta.parse(JSON.parse(JSON.stringify(meta)))).toEqual({
    code: 'THROTTLED',
    retryable: true,
    retryAfterMs: 1500,
  });
});

test.each(Object.keys(TOOL_ERRORS) as (keyof typeof TOOL_ERRORS)[])(
  '%s keeps its answer to whether a retry makes sense',
  (code) => {
    const { meta } = new ToolError(code, 'text');
    expect(ERROR_CODES[fromToolError(meta, 'text').code].retry).toBe(meta.retryable);
  },
);

test('a provider that fails for good is not asked again', () => {
  const { meta } = new ToolError('UPSTREAM_FAILED', 'text', { retryable: false });
  expect(fromToolError(meta, 'text').code).toBe('provider_answer_invalid');
});

test('the wrong argument becomes a pointer', () => {
  const { meta } = new ToolError('INVALID_ARGUMENT', 'text', { field: 'period.end' });
  expect(fromToolError(meta, 'text').errors).toEqual([{ pointer: '/period/end', detail: 'text' }]);
});
