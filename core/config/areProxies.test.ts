import { expect, test } from 'vitest';
import { areProxies } from './areProxies.ts';

test.each([
  ['loopback', true],
  ['loopback, uniquelocal', true],
  ['10.0.0.0/8,2001:db8::/32', true],
  ['192.0.2.1', true],
  ['', false],
  ['loopback,', false],
  ['true', false],
  ['proxy.example', false],
  ['10.0.0.0/40', false],
])('%j are proxies: %s', (text, are) => expect(areProxies(text)).toBe(are));
