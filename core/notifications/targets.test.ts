import { describe, expect, test } from 'vitest';
import { ChannelCreate, type SmtpSettings } from '../contracts/notification.ts';
import { CostGuardError } from '../errors.ts';
import { channelSettings, type ChannelTarget } from './channelSettings.ts';
import { checkWebhookUrl } from './checkTarget.ts';
import { isPublicAddress } from './isPublicAddress.ts';
import { parsePrivateHosts } from './privateHosts.ts';
import { retryAfterMs } from './retryAfterMs.ts';

const none = parsePrivateHosts(undefined);
const allowed = parsePrivateHosts(' Mail.Internal , 127.0.0.1,[::1],,');
const pointersOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof CostGuardError) return (error.errors ?? []).map(({ pointer }) => pointer);
    throw error;
  }
  return [];
};

describe('addresses', () => {
  test.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'example.com',
    '',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('a webhook’s address', () => {
  test.each([
    ['http://hooks.example/x'],
    ['https://user:pw@hooks.example/x'],
    ['https://127.0.0.1/x'],
    ['https://2130706433/x'],
    ['https://0x7f.1/x'],
    ['https://[::1]/x'],
    ['https://[::ffff:7f00:1]/x'],
    ['https://169.254.169.254/latest/meta-data'],
  ])('%s is refused', (url) => {
    expect(pointersOf(() => checkWebhookUrl(url, none))).toEqual(['/url']);
  });

  test.each([
    ['https://hooks.example:8443/a?b=c', 'hooks.example'],
    ['http://127.0.0.1:9/x', '127.0.0.1'],
    ['http://[::1]:9/x', '::1'],
    ['http://MAIL.internal./x', 'mail.internal'],
  ])('%s is taken where the operator allows it, and %s is shown', (url, host) => {
    expect(checkWebhookUrl(url, allowed)).toBe(host);
  });
});

describe('the settings of a channel', () => {
  const url = 'https://hooks.example/secret';
  const smtp: SmtpSettings = {
    host: 'smtp.example',
    port: 587,
    security: 'starttls',
    username: 'u',
    from: 'a@b.example',
    to: ['c@d.example'],
  };

  test.each<['slack' | 'teams' | 'webhook' | 'smtp', ChannelTarget, string[]]>([
    ['slack', {}, ['/url']],
    ['slack', { url, password: 'x' }, ['/password']],
    ['teams', { url, smtp }, ['/smtp']],
    ['webhook', { url }, ['/signingSecret']],
    ['smtp', {}, ['/smtp']],
    ['smtp', { smtp, url, password: 'x' }, ['/url']],
    ['smtp', { smtp }, ['/password']],
    ['smtp', { smtp: { ...smtp, security: 'none' }, password: 'x' }, ['/smtp/security']],
    ['smtp', { smtp: { ...smtp, host: '10.0.0.1' }, password: 'x' }, ['/smtp/host']],
  ])('%s with %j is refused at %j', (kind, given, pointers) => {
    expect(pointersOf(() => channelSettings(kind, given, none))).toEqual(pointers);
  });

  test('a secret that a change leaves out stays', () => {
    const before = channelSettings('webhook', { url, signingSecret: 'whsec_a' }, none);
    const after = channelSettings('webhook', { signingSecret: 'whsec_b' }, none, before);
    expect(after).toEqual({ config: before.config, secrets: { url, signingSecret: 'whsec_b' } });
  });

  test.each<[string, Partial<SmtpSettings>, string[]]>([
    ['other recipients', { to: ['e@f.example'] }, []],
    ['another server', { host: 'smtp.evil.example' }, ['/password']],
    ['another port', { port: 2525 }, ['/password']],
    ['less encryption', { security: 'tls' }, ['/password']],
  ])('a mail password does not follow to %s unasked', (_what, change, pointers) => {
    const before = channelSettings('smtp', { smtp, password: 'secret' }, none);
    const change2 = () => channelSettings('smtp', { smtp: { ...smtp, ...change } }, none, before);
    expect(pointersOf(change2)).toEqual(pointers);
    if (pointers.length === 0) expect(change2().secrets.password).toBe('secret');
  });

  test('without a user name there is no password', () => {
    const settings = channelSettings('smtp', { smtp: { ...smtp, username: null } }, none);
    expect(settings.secrets).toEqual({});
  });
});

test.each(['ftp://x.example', 'javascript:alert(1)', 'file:///etc/passwd'])(
  '%s is no address of a webhook',
  (url) => {
    expect(ChannelCreate.safeParse({ kind: 'slack', name: 'a', url }).success).toBe(false);
  },
);

test.each([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['7', 7_000],
  ['0', 0],
  ['999999999', 6 * 3_600_000],
  ['Thu, 26 Nov 2026 07:00:30 GMT', 30_000],
  ['Thu, 26 Nov 2020 07:00:30 GMT', 0],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(retryAfterMs(header, new Date('2026-11-26T07:00:00Z'))).toBe(expected);
});
