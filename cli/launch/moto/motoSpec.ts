import type { ProcessSpec } from '../process/processSpec.ts';

/** moto's AWS account as a process on loopback; everything in it is gone when it ends. */
export function motoSpec(program: string, port: number): ProcessSpec {
  return {
    name: 'moto',
    command: program,
    args: ['-H', '127.0.0.1', '-p', String(port)],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      // moto itself signs nothing, but boto3 inside it looks for credentials first.
      AWS_ACCESS_KEY_ID: 'demo',
      AWS_SECRET_ACCESS_KEY: 'demo',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
    // One line for each request; the parts' own logs say what matters.
    isShown: () => false,
    // Not its dump of all data, which takes seconds once there are instances.
    isReady: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/moto-api/config`, {
        signal: AbortSignal.timeout(2_000),
      });
      await answer.body?.cancel();
      return answer.ok;
    },
  };
}
