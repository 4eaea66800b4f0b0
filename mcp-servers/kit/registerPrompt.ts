import { requireScopes, type McpServer } from '@modelcontextprotocol/server';
import type { Prompt } from './definePrompt.ts';
import { READ_SCOPE } from './readScope.ts';

/** Makes a prompt available on a server of the SDK, as one message of the user. */
export function registerPrompt(server: McpServer, prompt: Prompt): void {
  const { name, title, description, args } = prompt;
  server.registerPrompt(
    name,
    { title, description, argsSchema: args, scopeChallenge: requireScopes(READ_SCOPE) },
    (given) => ({
      description,
      messages: [{ role: 'user', content: { type: 'text', text: prompt.render(given) } }],
    }),
  );
}
