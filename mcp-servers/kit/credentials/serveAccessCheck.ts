import express, { type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Scope } from '../../../core/contracts/access.ts';
import { AccessCheckRequest } from '../../../core/mcp/accessCheck.ts';
import { ToolError } from '../../../core/mcp/toolError.ts';
import type { AccessCheck } from './accessCheck.ts';

const SCOPE: Scope = 'credentials:write';
const BODY_BYTES_MAX = 4 * 1024;
const TIMEOUT_MS = 80_000;

/** Answers the API's question what a connection may do; only a token with `credentials:write` may ask. */
export function serveAccessCheck(check: AccessCheck, log: Logger): RequestHandler[] {
  return [
    (req, res, next) => {
      if (req.auth?.scopes.includes(SCOPE)) next();
      else res.status(403).json({ error: 'insufficient_scope', scope: SCOPE });
    },
    express.json({ limit: BODY_BYTES_MAX }),
    async (req, res) => {
      const request = AccessCheckRequest.safeParse(req.body);
      if (!request.success) {
        res.status(400).json({ error: 'invalid_request' });
        return;
      }
      const closed = new AbortController();
      res.on('close', () => {
        closed.abort();
      });
      const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      try {
        res.set('Cache-Control', 'no-store').json(await check(request.data, { signal, log }));
      } catch (error) {
        if (closed.signal.aborted) return;
        // What cannot be checked is itself a finding that a person can act on.
        const detail = error instanceof ToolError ? error.message : UNEXPECTED;
        log.warn({ err: error instanceof ToolError ? error.cause : error }, 'a check failed');
        res.json({
          version: null,
          checks: [{ permission: 'credential', status: 'failed', detail }],
        });
      }
    },
  ];
}

const UNEXPECTED =
  'The check failed unexpectedly; the log of the provider’s MCP server has the reason.';
