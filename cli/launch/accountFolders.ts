import { join } from 'node:path';

/**
 * Where an installation without `npm start` leaves the parts' client credentials, a folder for each part: only the
 * preparation sees all of them.
 */
export const ACCOUNTS_FOLDER = '/run/costguard/accounts';

/** Where a part finds its own credentials, and nobody else's. */
export const ACCOUNT_FOLDER = '/run/costguard/account';

/** The credentials in the folder of one part. */
export const credentialsFile = (folder: string): string => join(folder, 'credentials.json');
