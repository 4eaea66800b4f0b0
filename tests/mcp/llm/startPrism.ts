import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../../cli/launch/findFreePort.ts';

const DESCRIPTION = fileURLToPath(
  new URL('../../oracles/openai-organization.openapi.json', import.meta.url),
);

/** Prism in front of a server: it refuses requests and answers that OpenAI's published description does not allow. */
export interface Prism {
  url: string;
  /** Everything that it wrote. */
  output: () => string;
  close: () => Promise<void>;
}

/** Starts it on a free loopback port and waits until it answers. */
export async function startPrism(upstream: string): Promise<Prism> {
  const port = await findFreePort();
  const program = join(
    dirname(createRequire(import.meta.url).resolve('@stoplight/prism-cli/package.json')),
    'dist/index.js',
  );
  const child = spawn(
    process.execPath,
    [program, 'proxy', DESCRIPTION, upstream, '--errors', '-p', String(port), '-h', '127.0.0.1'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const exited = once(child, 'exit');
  const deadline = Date.now() + 60_000;
  while (!(await fetch(url).catch(() => undefined))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Prism did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    output: () => output,
    close: async () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}
