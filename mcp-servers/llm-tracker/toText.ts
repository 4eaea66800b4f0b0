import { providerText } from '../kit/providerText.ts';

/** A name as a provider tells it; null where it tells none. */
export const toText = (value: string | null | undefined): string | null =>
  value == null || value === '' ? null : providerText(value);
