import { bearerAuthChallengeResponse, verifyBearerToken } from '@modelcontextprotocol/server';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { createTokenVerifier, IssuerAway, type TokenRules } from './tokenVerifier.ts';

const RETRY_AFTER_SECONDS = '5';

/**
 * Lets a request pass only with a valid access token; else 401 with a challenge that names `resourceMetadataUrl`
 * (RFC 9728), or 503 while the issuer cannot be asked.
 */
export function requireToken(
  rules: TokenRules,
  resourceMetadataUrl: string,
  log: Logger,
): RequestHandler {
  const verifier = createTokenVerifier(rules, log);
  return async (req, res, next) => {
    try {
      req.auth = await verifyBearerToken(req.headers.authorization, {
        verifier,
        resourceMetadataUrl,
      });
    } catch (error) {
      if (error instanceof IssuerAway) {
        res
          .status(503)
          .set('Retry-After', RETRY_AFTER_SECONDS)
          .json({ error: 'temporarily_unavailable', error_description: error.message });
        return;
      }
      const challenge = bearerAuthChallengeResponse(error, { resourceMetadataUrl });
      res.status(challenge.status).set(Object.fromEntries(challenge.headers));
      res.send(await challenge.text());
      return;
    }
    next();
  };
}
