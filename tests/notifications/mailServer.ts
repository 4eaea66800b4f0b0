import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server on loopback and what it was handed. */
export interface MailServer {
  port: number;
  mails: { from: string; to: string[]; raw: string; secure: boolean }[];
  /** Errors that the next mails meet after DATA, in order, by SMTP status. */
  refuseNext: (...statuses: number[]) => void;
  close: () => Promise<void>;
}

/** The one account of the mail server. */
export const MAIL_USER = { username: 'costguard', password: 'the mail password' };

/** Starts a real SMTP server that takes mail from `MAIL_USER`. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: MailServer['mails'] = [];
  const refusals: number[] = [];
  const server = new SMTPServer({
    onAuth: ({ username, password }, _session, callback) => {
      if (username === MAIL_USER.username && password === MAIL_USER.password)
        callback(null, { user: username });
      else callback(Object.assign(new Error('no'), { responseCode: 535 }));
    },
    onRcptTo: ({ address }, _session, callback) => {
      if (address.startsWith('nobody'))
        callback(Object.assign(new Error('who'), { responseCode: 550 }));
      else callback();
    },
    onData: (stream, session, callback) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
      stream.on('end', () => {
        const status = refusals.shift();
        if (status !== undefined) {
          callback(Object.assign(new Error('not now'), { responseCode: status }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          secure: session.secure,
        });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    refuseNext: (...statuses) => refusals.push(...statuses),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
