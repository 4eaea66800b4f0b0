import type { Request } from 'express';
import type { z } from 'zod';
import { CostGuardError, type FieldError } from '../../core/errors.ts';
import { isNotFoundCode, notFound } from '../../core/notFound.ts';
import type { Route } from './route.ts';

/** The three parts of a request that carry input, validated. */
export interface ParsedRequest {
  params: unknown;
  query: unknown;
  body: unknown;
}

/**
 * Validates path, query and body against the route's schemas.
 *
 * @throws CostGuardError `invalid_request` that names every wrong field; for an id that cannot exist what the route
 * answers to one that does not
 */
export function parseRequest(route: Route, req: Request): ParsedRequest {
  const params = parsePart(route.params, req.params, () => {
    // An id of the wrong form cannot name anything: the same answer as for one that names nothing.
    const code = route.errors?.find(isNotFoundCode);
    throw code === undefined
      ? new CostGuardError('not_found', 'Check the id in the address.')
      : notFound(code);
  });
  const errors: FieldError[] = [];
  const collect = (found: FieldError[]) => errors.push(...found);
  const query = parsePart(route.query, flatQuery(req, collect), collect, '');
  const sent: unknown = req.body ?? {};
  const body = parsePart(
    route.body,
    route.bodyType === 'form' ? withoutBlanks(sent) : sent,
    collect,
  );
  if (errors.length > 0) {
    throw new CostGuardError(
      'invalid_request',
      'Correct the fields named in errors and send the request again.',
      {
        errors,
      },
    );
  }
  return { params, query, body };
}

/** RFC 6749 section 3.2: a parameter without a value counts as left out. */
function withoutBlanks(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''));
}

function parsePart(
  schema: z.ZodType | undefined,
  value: unknown,
  onErrors: (errors: FieldError[]) => void,
  prefix = '/',
): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  onErrors(parsed.error.issues.flatMap((issue) => fieldErrors(issue, prefix)));
  return undefined;
}

function fieldErrors(issue: z.core.$ZodIssue, prefix: string): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [meant] = issue.errors
      .map((issues) => ({ issues, strays: countStrays(issues) }))
      .sort(byFit);
    return (meant?.issues ?? []).flatMap((inner) =>
      fieldErrors({ ...inner, path: [...issue.path, ...inner.path] }, prefix),
    );
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer(prefix, [...path, key]),
      detail: 'is not a known field',
    }));
  }
  return [{ pointer: pointer(prefix, path), detail: issue.message }];
}

interface Branch {
  issues: z.core.$ZodIssue[];
  strays: number;
}

/** The branch of a union that was meant is the one that knows most of the fields, then the one with fewest mistakes. */
function byFit(a: Branch, b: Branch): number {
  return a.strays - b.strays || a.issues.length - b.issues.length;
}

function countStrays(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce(
    (sum, issue) =>
      sum + (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys.length : 0),
    0,
  );
}

function pointer(prefix: string, path: string[]): string {
  const escaped = path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'));
  // RFC 6901: the empty pointer is the whole document; "/" would be a field without a name.
  return escaped.length === 0 ? '' : prefix + escaped.join('/');
}

/** Query parameters as single strings; one given twice is refused rather than guessed at. */
function flatQuery(req: Request, onErrors: (errors: FieldError[]) => void): Record<string, string> {
  const search = new URL(req.originalUrl, 'http://unused').searchParams;
  const flat = new Map<string, string>();
  for (const [name, value] of search) {
    if (flat.has(name)) onErrors([{ pointer: name, detail: 'is given more than once' }]);
    flat.set(name, value);
  }
  return Object.fromEntries(flat);
}
