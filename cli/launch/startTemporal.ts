import { join } from 'node:path';
import { temporalAddress } from '../../core/config/addresses.ts';
import { findFreePort } from './findFreePort.ts';
import type { LaunchContext } from './launch.ts';
import { ensureTemporal } from './temporal/ensureTemporal.ts';
import { prepareNamespace } from './temporal/prepareNamespace.ts';
import { temporalSpec } from './temporal/temporalSpec.ts';
import { webUiSpec } from './temporal/webUiSpec.ts';
import { waitUntil } from './waitUntil.ts';

const OWN_SERVER_TIMEOUT_MS = 60_000;

/** What a person should know while a server is being got. */
const DETAILS = {
  'downloading it': 'downloading it, once',
  'building it from source': 'building it from source (about 3 min on 2 cores, once)',
  found: 'starting it',
} as const;

/** Brings up the embedded Temporal server, or prepares the one of `TEMPORAL_ADDRESS`. */
export async function startTemporal(context: LaunchContext): Promise<void> {
  const { board, crew, env, home, signal, source } = context;
  board.wait('Temporal');
  if (env.TEMPORAL_ADDRESS === undefined) {
    const executable = await ensureTemporal(
      (step) => board.wait('Temporal', DETAILS[step]),
      signal,
    );
    board.done('Temporal');
    // Not the port that people know: there stands a Web UI that can read what is encrypted.
    const upstreamPort = await findFreePort();
    const options = {
      executable,
      port: env.TEMPORAL_PORT,
      uiPort: upstreamPort,
      namespace: env.TEMPORAL_NAMESPACE,
      dbFile: join(home, 'temporal.db'),
    };
    await crew.add('servers', temporalSpec(options));
    await crew.add('fronts', webUiSpec({ source, port: env.TEMPORAL_UI_PORT, upstreamPort }));
    return;
  }
  const address = temporalAddress(env);
  await waitUntil(() => prepareNamespace(address, env.TEMPORAL_NAMESPACE).then(() => true), {
    timeoutMs: OWN_SERVER_TIMEOUT_MS,
    intervalMs: 1_000,
    what: 'the server of TEMPORAL_ADDRESS is ready',
    signal,
  });
  board.done('Temporal');
}
