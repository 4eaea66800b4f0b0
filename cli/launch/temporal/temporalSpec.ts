import type { ProcessSpec } from '../process/processSpec.ts';
import { isTemporalReady } from './isTemporalReady.ts';
import { SEARCH_ATTRIBUTES } from './searchAttributes.ts';

/** Which program to run, where it listens and where it keeps its data. */
export interface TemporalOptions {
  executable: string;
  port: number;
  uiPort: number;
  namespace: string;
  /** SQLite file; without it everything is gone when the process ends. */
  dbFile?: string;
}

/** The Temporal development server with its Web UI as a process, on loopback only. */
export function temporalSpec(options: TemporalOptions): ProcessSpec {
  const { executable, port, uiPort, namespace, dbFile } = options;
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  const attributes = Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  const data = dbFile === undefined ? [] : ['--db-filename', dbFile];
  const logs = ['--log-level', 'warn', '--log-format', 'json'];
  return {
    name: 'temporal',
    command: executable,
    args: [
      'server',
      'start-dev',
      ...listen,
      '--namespace',
      namespace,
      ...attributes,
      ...data,
      ...logs,
    ],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    // Not the banner: the launcher prints the addresses.
    isShown: (line) => line.startsWith('{'),
    isReady: () => isTemporalReady(`127.0.0.1:${port}`, namespace),
  };
}
