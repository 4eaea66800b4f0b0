/** Where an installation without `npm start` hands the parts their client credentials: a volume that only they share. */
export const ACCOUNTS_FILE = '/run/costguard/accounts.json';
