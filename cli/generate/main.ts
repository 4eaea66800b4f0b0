import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../launch/projectRoot.ts';

const bin = (name: string) => join(projectRoot, 'node_modules', '.bin', name);

/** What is generated from what, in order; the types of the database only where one is named. */
const STEPS: [string, string[]][] = [
  [process.execPath, ['dist/api/generate.js', 'openapi.json']],
  [
    bin('openapi-typescript'),
    // What has a default may be left out of a request; replies name what they always hold as required.
    ['openapi.json', '--default-non-nullable=false', '--output', 'ui/src/client/schema.gen.ts'],
  ],
  ...(process.env['DATABASE_URL'] === undefined
    ? []
    : ([
        [
          bin('kysely-codegen'),
          [
            '--dialect',
            'postgres',
            '--numeric-parser',
            'string',
            '--date-parser',
            'string',
            '--out-file',
            'db/schema.gen.ts',
          ],
        ],
      ] satisfies [string, string[]][])),
];

for (const [command, args] of STEPS) {
  // Progress goes to stderr like all that is not the answer of a command.
  const { status, error } = spawnSync(command, args, { cwd: projectRoot, stdio: ['ignore', 2, 2] });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
