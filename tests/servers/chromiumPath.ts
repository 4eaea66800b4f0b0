import { askBroker } from './askBroker.ts';

/** The path of a Chromium for `chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] })`; installed when missing. */
export async function chromiumPath(): Promise<string> {
  return (await askBroker('chromium')).path;
}
