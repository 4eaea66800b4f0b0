import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../../cli/launch/projectRoot.ts';
import { moduleFolder } from './moduleFolder.ts';

const Pins = z.array(
  z.object({ module: z.string(), sum: z.string(), files: z.string().array().min(1) }),
);

/** The files of the custom resource definitions that the chart uses, as their projects ship them. */
export async function listCrds(): Promise<string[]> {
  const pins = Pins.parse(
    JSON.parse(readFileSync(join(projectRoot, 'tools', 'kubernetes', 'crds.json'), 'utf8')),
  );
  const files: string[] = [];
  for (const { module, sum, files: names } of pins) {
    const folder = await moduleFolder(module, sum);
    files.push(...names.map((name) => join(folder, name)));
  }
  return files;
}
