import { describe, expect, it } from 'vitest';
import { callUuid } from './callUuid.ts';

const KEY = { actionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11', step: 'startInstance', attempt: 1 };

describe('callUuid', () => {
  it('is a UUID, the same for the same key', () => {
    expect(callUuid(KEY)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(callUuid({ ...KEY })).toBe(callUuid(KEY));
  });

  it('is another for another action, step or attempt', () => {
    const others = [
      { ...KEY, actionId: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c12' },
      { ...KEY, step: 'back.startInstance' },
      { ...KEY, attempt: 2 },
    ];
    expect(new Set([KEY, ...others].map(callUuid)).size).toBe(4);
  });
});
