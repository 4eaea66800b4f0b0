import type { Scope } from '../contracts/access.ts';
import type { Provider } from '../contracts/scalars.ts';

/** The scope that opens credentials of a provider; only services hold it, each those of its own providers. */
export const openScope = (provider: Provider): Scope => `credentials:${provider}`;
