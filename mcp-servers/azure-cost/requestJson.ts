import { createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { answerInvalid } from '../kit/answerInvalid.ts';
import type { Azure } from './azureClient.ts';

/** A request that the SDK has no operation for. */
export interface JsonRequest {
  method: 'GET' | 'POST';
  /** An absolute address at the endpoint. */
  url: string;
  body?: unknown;
}

const NO_CONTENT = 204;
const ErrorBody = z.object({ error: z.object({ code: z.string() }) });

/**
 * Sends a request through the client's own pipeline, so with its credentials, and returns the answer's JSON with numbers as
 * text; undefined for "no content".
 *
 * @throws ToolError `UPSTREAM_FAILED` for an address elsewhere: a token is never sent to another host
 * @throws RestError for every answer but 2xx
 */
export async function requestJson(
  { client, endpoint }: Azure,
  { method, url, body }: JsonRequest,
  abortSignal: AbortSignal,
): Promise<unknown> {
  if (!URL.canParse(url) || new URL(url).origin !== endpoint) {
    throw answerInvalid('Azure named a next page at another host.');
  }
  const request = createPipelineRequest({ method, url, abortSignal });
  request.headers.set('accept', 'application/json');
  if (body !== undefined) {
    request.headers.set('content-type', 'application/json; charset=utf-8');
    request.body = JSON.stringify(body);
  }
  const response = await client.sendRequest(request);
  const { parsedBody } = response as { parsedBody?: unknown };
  if (response.status >= 300) {
    const known = ErrorBody.safeParse(parsedBody);
    throw new RestError('Azure refused a request', {
      statusCode: response.status,
      request,
      response,
      ...(known.success ? { code: known.data.error.code } : {}),
    });
  }
  if (parsedBody === undefined && response.status !== NO_CONTENT) {
    throw answerInvalid('Azure answered with something that is not JSON.');
  }
  return parsedBody;
}
