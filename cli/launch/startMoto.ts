import { join } from 'node:path';
import type { LaunchContext } from './launch.ts';
import { ensureMoto } from './moto/ensureMoto.ts';
import { NoPythonError } from './python/makeVenv.ts';
import { motoSpec } from './moto/motoSpec.ts';

/**
 * Brings up the demo's AWS account (moto at `DEMO_AWS_PORT + 1`) where the demo is on and no other endpoint was given;
 * returns whether it did. Without Python 3 it says so and goes on: only executing on the demo account is missing then.
 */
export async function startMoto(context: LaunchContext): Promise<boolean> {
  const { board, crew, env, home, log, signal } = context;
  if (!env.DEMO_MODE || env.AWS_ENDPOINT_URL !== undefined) return false;
  board.wait('the demo AWS account', 'installing moto (about 15 s, once)');
  try {
    const program = await ensureMoto(join(home, 'venv-moto'), signal);
    board.done('the demo AWS account');
    await crew.add('servers', motoSpec(program, env.DEMO_AWS_PORT + 1));
    return true;
  } catch (error) {
    board.done('the demo AWS account');
    if (!(error instanceof NoPythonError)) throw error;
    log.say(`without the demo AWS account, actions on it will fail: ${error.message}`);
    return false;
  }
}
