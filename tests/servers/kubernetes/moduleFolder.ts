import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../../cli/launch/projectRoot.ts';
import { runGo } from './ensureTool.ts';

const Download = z.object({ Dir: z.string(), Sum: z.string() });

/**
 * The folder with the files of a Go module, `PATH@VERSION`, downloaded where it is missing. Go verifies it against its
 * checksum database; the sum given here is verified too.
 *
 * @throws Error when the module is not what was pinned
 */
export async function moduleFolder(module: string, sum?: string): Promise<string> {
  const cwd = join(projectRoot, 'tools', 'kubernetes');
  const args = ['mod', 'download', '-json', module];
  const found = Download.parse(JSON.parse(await runGo(args, { cwd, timeoutMs: 5 * 60_000 })));
  if (sum !== undefined && found.Sum !== sum)
    throw new Error(`${module} has the checksum ${found.Sum}; tools/kubernetes pins ${sum}.`);
  return found.Dir;
}
