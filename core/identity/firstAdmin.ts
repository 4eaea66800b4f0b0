/** The name of the first admin, which the first start makes; its password is taken also where all others are switched off. */
export const FIRST_ADMIN = 'admin';
