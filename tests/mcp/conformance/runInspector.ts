import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { askBroker } from '../../servers/askBroker.ts';
import { nodeFor } from './runConformance.ts';

/** Runs the official inspector's command line; it exits with 6 where a schema is not portable among hosts, with 5 on `isError`. */
export async function runInspector(
  ...args: readonly string[]
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const { folder } = await askBroker('mcp-tools');
  const bin = (name: string) => join(folder, 'node_modules', '.bin', name);
  const child = spawn(nodeFor(bin('node')), [bin('mcp-inspector'), '--cli', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}
