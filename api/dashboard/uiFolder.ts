import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The built dashboard, `ui/dist` beside package.json: the same from the sources and from what was compiled into `dist/`.
 *
 * @throws Error saying what to do when it was not built
 */
export function uiFolder(from: string): string {
  let root = from;
  while (!existsSync(join(root, 'package.json'))) {
    if (dirname(root) === root) throw new TypeError('The project folder was not found.');
    root = dirname(root);
  }
  const folder = join(root, 'ui', 'dist');
  if (existsSync(join(folder, 'index.html'))) return folder;
  throw new Error('The dashboard is not built yet: run "npm run build" first.');
}
