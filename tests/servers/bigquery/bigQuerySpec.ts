import type { ProcessSpec } from '../../../cli/launch/process/processSpec.ts';
import type { BigQueryProgram } from './ensureBigQuery.ts';

/** The BigQuery emulator as a process on loopback; everything in it is gone when it ends. */
export function bigQuerySpec(
  { program, home }: BigQueryProgram,
  { port, grpcPort, project }: { port: number; grpcPort: number; project: string },
): ProcessSpec {
  return {
    name: 'bigquery',
    command: program,
    args: [
      ...['start', '--ephemeral', '--project', project, '--log-level', 'warning'],
      ...['--rest-port', String(port), '--grpc-port', String(grpcPort)],
    ],
    env: { PATH: process.env['PATH'], HOME: home },
    isShown: () => false,
    isReady: async () => {
      const answer = await fetch(
        `http://127.0.0.1:${port}/bigquery/v2/projects/${project}/datasets`,
        { signal: AbortSignal.timeout(2_000) },
      );
      await answer.body?.cancel();
      return answer.ok;
    },
  };
}
