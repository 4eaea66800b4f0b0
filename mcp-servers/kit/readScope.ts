/** The scope that a token needs to call, read or get anything of a server. */
export const READ_SCOPE = 'mcp:read';
