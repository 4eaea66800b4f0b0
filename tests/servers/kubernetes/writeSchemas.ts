import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KUBE_VERSION } from './ensureTool.ts';
import { listCrds } from './listCrds.ts';
import { moduleFolder } from './moduleFolder.ts';

type Json = Record<string, unknown>;
const JsonObject = z.record(z.string(), z.unknown());

const Swagger = z.object({ definitions: z.record(z.string(), JsonObject) });
const Kinds = z.array(z.object({ group: z.string(), kind: z.string(), version: z.string() }));
const Crd = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(
      z.object({ name: z.string(), schema: z.object({ openAPIV3Schema: JsonObject }) }),
    ),
  }),
});

/**
 * Writes JSON Schemas for kubeconform into a folder: of Kubernetes' own kinds from the API description in its module, and of the
 * custom ones from their definitions. Unknown fields are refused. Returns the pattern for `-schema-location`.
 */
export async function writeSchemas(folder: string): Promise<string> {
  const file = join(
    await moduleFolder(`k8s.io/kubernetes@v${KUBE_VERSION}`),
    'api',
    'openapi-spec',
    'swagger.json',
  );
  const { definitions } = Swagger.parse(JSON.parse(readFileSync(file, 'utf8')));
  const closed = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, close(LOOSE[name] ?? schema)]),
  );
  writeFileSync(join(folder, 'definitions.json'), JSON.stringify({ definitions: closed }));
  for (const [name, schema] of Object.entries(definitions)) {
    const kinds = Kinds.safeParse(schema['x-kubernetes-group-version-kind']).data ?? [];
    for (const { group, kind, version } of kinds)
      write(folder, { group, kind, version }, { $ref: `definitions.json#/definitions/${name}` });
  }
  for (const crd of await listCrds()) {
    const { spec } = Crd.parse(parse(readFileSync(crd, 'utf8')));
    for (const { name, schema } of spec.versions) {
      const at = { group: spec.group, kind: spec.names.kind, version: name };
      write(folder, at, close(schema.openAPIV3Schema, true));
    }
  }
  return join(folder, '{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json');
}

// What the description calls a string and the API server takes as a number too.
const LOOSE: Record<string, Json> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
};

function write(
  folder: string,
  { group, kind, version }: { group: string; kind: string; version: string },
  schema: Json,
): void {
  writeFileSync(
    // kubeconform takes what stands before the slash for the group, which is the version of `v1`.
    join(folder, `${kind.toLowerCase()}-${group === '' ? version : group}-${version}.json`),
    JSON.stringify(schema),
  );
}

/** The schema with every object closed that names its properties and does not say that others are kept. */
function close(schema: unknown, isRoot = false): Json {
  const found = JsonObject.parse(schema);
  const closed: Json = { ...found };
  if (found['x-kubernetes-int-or-string'] === true) closed['type'] = ['string', 'integer'];
  if ('properties' in found) {
    const properties = JsonObject.parse(found['properties']);
    closed['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [
        name,
        // The API server knows the fields of metadata, whatever a custom definition says of it.
        isRoot && name === 'metadata' ? inner : close(inner),
      ]),
    );
    const isOpen = found['x-kubernetes-preserve-unknown-fields'] === true;
    if (!isOpen && !('additionalProperties' in found)) closed['additionalProperties'] = false;
  }
  if (typeof found['items'] === 'object') closed['items'] = close(found['items']);
  if (typeof found['additionalProperties'] === 'object')
    closed['additionalProperties'] = close(found['additionalProperties']);
  return closed;
}
