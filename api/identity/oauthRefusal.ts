/** Why a token is not given: RFC 6749 section 5.2, RFC 8707 section 2. */
export type OAuthRefusalCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type';

/** A reply of the token endpoint that gives no token; `description` says what to do. */
export function oauthRefusal(error: OAuthRefusalCode, description: string) {
  const body = { error, error_description: description };
  if (error !== 'invalid_client') return { status: 400 as const, body };
  return { status: 401 as const, body, headers: { 'WWW-Authenticate': 'Basic realm="costguard"' } };
}

/** The refusal of a request whose client is not known, or that carries credentials in two ways. */
export const clientRefusal = (client: 'both' | undefined) =>
  client === 'both'
    ? oauthRefusal(
        'invalid_request',
        'Send client_id and client_secret once: as HTTP Basic or in the body.',
      )
    : oauthRefusal('invalid_client', 'Check client_id and client_secret.');
