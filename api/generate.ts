import { writeFile } from 'node:fs/promises';
import { openApiDocument } from './http/openApiDocument.ts';
import { ROUTES } from './routes.ts';
import { VERSION } from './system/version.ts';

/** Writes the OpenAPI document that the dashboard's client is generated from. Usage: node dist/api/generate.js FILE */
const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Usage: generate FILE\n');
  process.exit(2);
}
await writeFile(file, `${JSON.stringify(openApiDocument(ROUTES, VERSION), null, 2)}\n`);
