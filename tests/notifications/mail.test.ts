import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MAIL_USER, type MailServer, startMailServer } from './mailServer.ts';
import { type NotificationWorld, openNotificationWorld } from './notificationWorld.ts';
import { testCertificate } from './testCertificate.ts';

let tls: { key: string; cert: string };
let world: NotificationWorld;
let stopWorker: () => Promise<void>;
const servers: MailServer[] = [];

beforeAll(async () => {
  tls = await testCertificate('smtp.test');
  world = await openNotificationWorld({ ca: tls.cert });
  stopWorker = await world.startWorker();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(async () => {
  await stopWorker();
  await world.close();
});

const start = async (options: Parameters<typeof startMailServer>[0] = {}) => {
  const server = await startMailServer({ ...tls, ...options });
  servers.push(server);
  return server;
};
const addChannel = (server: MailServer, smtp: object = {}, password = MAIL_USER.password) =>
  world.addChannel({
    kind: 'smtp',
    enabled: false,
    password,
    smtp: {
      host: 'smtp.test',
      port: server.port,
      username: MAIL_USER.username,
      from: 'costguard@cost.example',
      to: ['finops@corp.example', 'team@corp.example'],
      ...smtp,
    },
  });

describe('a mail', () => {
  test.each([
    ['starttls', {}],
    ['tls', { secure: true }],
  ])('goes out encrypted (%s), signed in, as text and HTML', async (security, options) => {
    const server = await start(options);
    const channel = await addChannel(server, { security });
    await world.sendTest(channel.id);
    expect(await world.until(channel.id, 'sent')).toMatchObject({
      attempts: 1,
      responseStatus: 250,
      lastError: null,
    });
    expect(server.mails).toMatchObject([
      {
        from: 'costguard@cost.example',
        to: ['finops@corp.example', 'team@corp.example'],
        secure: true,
      },
    ]);
    // Quoted-printable breaks long lines.
    const raw = (server.mails[0]?.raw ?? '').replaceAll('=\r\n', '');
    expect(raw).toMatch(/^Subject: \[CostGuard low\] Test of channel/m);
    expect(raw).toContain('Content-Type: text/plain');
    expect(raw).toContain('Content-Type: text/html');
    expect(raw).toContain('https://cost.example/settings/notifications');
  });

  test('that is put off (451) comes later, under the same Message-ID', async () => {
    const server = await start();
    const channel = await addChannel(server);
    server.refuseNext(451);
    const delivery = await world.sendTest(channel.id);
    expect(await world.until(channel.id, 'sent')).toMatchObject({ attempts: 2 });
    expect(server.mails[0]?.raw).toMatch(
      new RegExp(`^Message-ID: <${delivery.id}@cost.example>`, 'im'),
    );
  });

  test('that one of two recipients does not take is sent, and the log says so', async () => {
    const server = await start();
    const channel = await addChannel(server, { to: ['nobody@corp.example', 'team@corp.example'] });
    await world.sendTest(channel.id);
    expect((await world.until(channel.id, 'sent')).lastError).toContain('1 of 2 recipients');
  });

  test('goes out without encryption only to a host that is allowed', async () => {
    const server = await start({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const channel = await addChannel(server, {
      host: '127.0.0.1',
      security: 'none',
      username: null,
    });
    await world.sendTest(channel.id);
    await world.until(channel.id, 'sent');
    expect(server.mails).toMatchObject([{ secure: false }]);
    const refused = await world.api.call('PATCH', `/api/v1/notification-channels/${channel.id}`, {
      as: world.admin.as,
      body: { smtp: { ...channel.smtp, host: 'mail.example' } },
    });
    expect(refused.refusal()).toEqual({
      status: 422,
      code: 'notification_address_refused',
      pointers: ['/smtp/security'],
    });
  });
});

describe('a mail server that', () => {
  test('does not know the password ends it', async () => {
    const channel = await addChannel(await start(), {}, 'another password');
    await world.sendTest(channel.id);
    const failed = await world.until(channel.id, 'failed');
    expect(failed).toMatchObject({ attempts: 1, responseStatus: 535 });
    expect(failed.lastError).toContain('enter them again');
    expect(world.workerLines.join('')).not.toContain('another password');
  });

  test('refuses the mail (554) ends it', async () => {
    const server = await start();
    const channel = await addChannel(server);
    server.refuseNext(554);
    await world.sendTest(channel.id);
    expect(await world.until(channel.id, 'failed')).toMatchObject({ responseStatus: 554 });
  });

  test('offers no encryption is not handed the password', async () => {
    const asked: string[] = [];
    const server = await start({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username = '' }, _session, callback) => {
        asked.push(username);
        callback(null, { user: username });
      },
    });
    const channel = await addChannel(server);
    await world.sendTest(channel.id);
    expect((await world.until(channel.id, 'failed')).lastError).toContain('no encryption');
    expect(asked).toEqual([]);
  });

  test.each(['another name', 'nobody who is trusted'])(
    'shows a certificate of %s is not handed the password',
    async (whose) => {
      const other = await testCertificate(whose === 'another name' ? 'other.test' : 'smtp.test');
      const server = await start(other);
      const channel = await addChannel(server);
      await world.sendTest(channel.id);
      expect((await world.until(channel.id, 'failed')).lastError).toContain('certificate');
    },
  );

  test('is away is tried again', async () => {
    const server = await start();
    await server.close();
    servers.splice(0);
    const channel = await addChannel(server);
    await world.sendTest(channel.id);
    await expect
      .poll(async () => (await world.log(channel.id))[0], { timeout: 10_000 })
      .toMatchObject({
        status: 'pending',
        lastError: 'The connection to smtp.test failed (ECONNREFUSED).',
      });
    await world.deleteChannel(channel.id);
  });

  test('never greets is given up on after the time limit, and tried again', async () => {
    const server = await start({ onConnect: () => undefined });
    const channel = await addChannel(server);
    await world.sendTest(channel.id);
    await expect
      .poll(async () => (await world.log(channel.id))[0], { timeout: 10_000 })
      .toMatchObject({
        status: 'pending',
        lastError: expect.stringContaining('within 1.5 s') as string,
      });
    await world.deleteChannel(channel.id);
  });
});
