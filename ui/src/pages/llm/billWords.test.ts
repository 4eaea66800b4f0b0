import { expect, test } from 'vitest';
import { billClassName } from './billWords';

test.each([
  ['gpt-5', 'cache_read', 'gpt-5: Input from the cache'],
  ['', 'web_search', 'Web searches'],
  ['gpt-5', null, 'gpt-5: Other lines of the bill'],
  ['', null, 'Other lines of the bill'],
] as const)('a class of "%s" and %s is called "%s"', (model, meter, name) => {
  expect(billClassName({ model, meter })).toBe(name);
});
