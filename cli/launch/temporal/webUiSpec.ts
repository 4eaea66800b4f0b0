import { join } from 'node:path';
import { partEnvironment } from '../partEnvironment.ts';
import type { ProcessSpec } from '../process/processSpec.ts';
import { projectRoot } from '../projectRoot.ts';

/** The Web UI in front of the development server's own at `upstreamPort`; it holds no secret and no key. */
export function webUiSpec(options: {
  source: Record<string, string | undefined>;
  port: number;
  upstreamPort: number;
}): ProcessSpec {
  const { port, source, upstreamPort } = options;
  return {
    name: 'temporal-ui',
    command: process.execPath,
    args: [
      '--enable-source-maps',
      join(projectRoot, 'dist', 'cli', 'launch', 'temporal', 'webUi.js'),
      String(upstreamPort),
    ],
    env: partEnvironment(source, {}, {}),
    cwd: projectRoot,
    isReady: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/settings`, {
        signal: AbortSignal.timeout(3_000),
      });
      await answer.body?.cancel();
      return answer.ok;
    },
    stopTimeoutMs: 2_000,
  };
}
