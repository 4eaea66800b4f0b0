import { randomBytes } from 'node:crypto';
import { hashPassword } from '../../db/passwords/password.ts';

const HOURS = 72;

/** Until when a password that somebody else chose lets in. */
export const oneTimeEnd = (now: Date): Date => new Date(now.getTime() + HOURS * 3_600_000);

/** A password that is shown once, lets in for three days, and has to be changed at the first sign-in; 120 random bits. */
export async function createOneTimePassword(now: Date) {
  const password = randomBytes(15).toString('base64url');
  return { password, passwordHash: await hashPassword(password), until: oneTimeEnd(now) };
}
