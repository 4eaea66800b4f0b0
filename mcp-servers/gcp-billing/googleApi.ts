import type { z } from 'zod';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { sendCounted, type CountedCall } from '../kit/costs/countedCall.ts';
import { fromGoogleError } from './fromGoogleError.ts';
import type { GoogleFetch } from './googleHttp.ts';

/** One request to a Google API. */
export interface GoogleRequest<Schema extends z.ZodType> {
  method?: 'GET' | 'POST';
  /** Path after the API's address. */
  path: string;
  /** Query parameters; undefined ones are left out. */
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  /** The IAM permission that it needs. */
  permission: string;
  /** The part of the answer that is used. */
  schema: Schema;
}

/** Sends requests to one Google API, each counted once. @throws ToolError as `fromGoogleError` and `sendCounted` say */
export type GoogleApi = <Schema extends z.ZodType>(
  request: GoogleRequest<Schema>,
  call: CountedCall,
) => Promise<z.output<Schema>>;

/** The API at an address, for instance `https://recommender.googleapis.com/v1`. */
export function createGoogleApi(address: string, send: GoogleFetch, budget: CallBudget): GoogleApi {
  return async ({ method = 'GET', path, query = {}, body, permission, schema }, call) => {
    const url = new URL(`${address}/${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return sendCounted(call, budget, {
      operation: permission,
      send: async (signal) => {
        const reply = await send(url.href, {
          method,
          signal,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        });
        const what = 'Google left out what belongs to an answer, or gave it in another form.';
        return parseAnswer(schema, toJson(await reply.text()), what);
      },
      toError: (error) => fromGoogleError(error, permission),
    });
  };
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw answerInvalid('Google answered with something that is not JSON.');
  }
}
