import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../../cli/launch/projectRoot.ts';

type WithLock = <T>(file: string, work: () => Promise<T>) => Promise<T>;

/** Runs `work` while no other process runs anything under the same lock file: `cli/setup/withLock.mjs`, which has no types. */
export async function takeTurns<T>(file: string, work: () => Promise<T>): Promise<T> {
  const url = pathToFileURL(join(projectRoot, 'cli', 'setup', 'withLock.mjs')).href;
  const { withLock } = (await import(url)) as { withLock: WithLock };
  return withLock(file, work);
}
