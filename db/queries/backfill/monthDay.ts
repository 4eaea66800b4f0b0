/** A month YYYY-MM as it is stored: its first day. */
export const monthDay = (month: string): string => `${month}-01`;
