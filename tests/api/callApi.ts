import type { z } from 'zod';
import { Problem } from '../../core/contracts/problem.ts';

/** Who calls and what is sent. */
export interface CallOptions {
  /** Headers, in lower case, that identify the caller, such as those of `signIn` and `addService`. */
  as?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  rawBody?: string;
  /** In lower case. */
  headers?: Record<string, string>;
}

/** A reply with its body read. */
export interface TestReply {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed where it is JSON, else the text; undefined where there is none. */
  body: unknown;
  /** The body as a schema sees it. @throws where it does not fit */
  read: <T extends z.ZodType>(schema: T) => z.output<T>;
  /** The body as problem+json. @throws where it is none */
  problem: () => Problem;
  /** The error code of a problem and the pointers to its wrong fields, sorted. */
  refusal: () => { status: number; code: string; pointers: string[] };
}

/** One request to a test's API. */
export async function callApi(
  url: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<TestReply> {
  const body = options.body === undefined ? options.rawBody : JSON.stringify(options.body);
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.as,
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return toReply(response, await response.text());
}

function toReply({ status, headers }: Response, text: string): TestReply {
  const contentType = headers.get('content-type') ?? '';
  const body: unknown =
    text === '' ? undefined : /[/+]json\b/.test(contentType) ? JSON.parse(text) : text;
  const problem = (): Problem => {
    if (!contentType.startsWith('application/problem+json'))
      throw new Error(`A problem was expected, and this came: ${status} ${contentType} ${text}`);
    return Problem.parse(body);
  };
  return {
    status,
    headers,
    text,
    body,
    read: (schema) => schema.parse(body),
    problem,
    refusal: () => {
      const { type, errors = [] } = problem();
      return {
        status,
        code: type.replace('urn:costguard:problem:', ''),
        pointers: errors.map((error) => error.pointer).sort(),
      };
    },
  };
}
