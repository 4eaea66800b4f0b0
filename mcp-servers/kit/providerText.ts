import { safeText } from './safeText.ts';

const CHARACTERS_MAX = 512;

/** A name that somebody else chose (resource, tag, account), made safe to hand on and cut at 512 characters. */
export const providerText = (value: string): string => safeText(value, CHARACTERS_MAX);
