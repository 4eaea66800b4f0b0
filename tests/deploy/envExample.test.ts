import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { EnvSchema, parseEnv } from '../../core/config/env.ts';
import { describeEnv } from './describeEnv.ts';

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8');

test('.env.example lists every variable with its description and default, and nothing else', () => {
  const expected = describeEnv().map(
    ({ name, description, fallback }) => `# ${description}\n# ${name}=${fallback}\n`,
  );
  const [, ...blocks] = read('.env.example').split(/\n\n+/);
  expect(blocks.map((block) => `${block.trim()}\n`)).toEqual(expected);
});

test('the defaults of .env.example are those of the schema', () => {
  const written = [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)];
  const given = Object.fromEntries(written.map(([, name = '', value]) => [name, value]));
  expect(parseEnv(given)).toEqual(EnvSchema.parse({}));
});

test('the README’s table lists every variable', () => {
  const rows = describeEnv().map(
    ({ name, description, fallback }) =>
      `| \`${name}\` | ${description} | ${fallback === '' ? '' : `\`${fallback}\``} |`,
  );
  // Prettier pads the cells of a table.
  const readme = read('README.md').replace(/[ \t]+/g, ' ');
  for (const row of rows) expect(readme).toContain(row.replace(/[ \t]+/g, ' '));
});
