import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { createStandingWatch } from '../identity/createStandingWatch.ts';
import { createEventFilter } from '../teams/createEventFilter.ts';

const KEEP_ALIVE_MS = 20_000;

/**
 * Server-sent events, one for each change. `event: change` carries what changed, `event: gap` says that changes may have
 * been missed and everything shown should be loaded again.
 *
 * The stream ends within ten seconds when its session or token does not hold any more, or its reader has another role,
 * other scopes or other teams; who still may, opens it again.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const streamEvents = defineRoute({
  method: 'get',
  path: '/api/v1/events',
  summary: 'Server-sent events, one for each change',
  tag: 'System',
  access: 'signed_in',
  replies: { 200: z.string().meta({ description: 'text/event-stream' }) },
  contentTypes: { 200: 'text/event-stream' },
  reach: 'own',
  handle: ({ req, res, principal, view, requestLog, ...services }) => {
    const { changes, views } = services;
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    if (req.method === 'HEAD') {
      res.end();
      return Promise.resolve(undefined);
    }
    res.write('retry: 2000\n\n');
    const gap = () => res.write('event: gap\ndata: {}\n\n');
    const standing = createStandingWatch(services, req, { principal, view }, () => end());
    const filter = createEventFilter({
      viewOf: async () => {
        await standing.confirm();
        return views.viewOf(principal);
      },
      send: (change) => res.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`),
      gap,
      failed: (error) => {
        requestLog.warn({ err: error }, 'an event stream ends: what its reader may see is unknown');
        end();
      },
    });
    const stopListening = changes.listen({ onChange: filter.take, onGap: gap, onEnd: () => end() });
    const timer = setInterval(() => res.write(': keep-alive\n\n'), KEEP_ALIVE_MS);
    const end = (): void => {
      clearInterval(timer);
      stopListening();
      standing.stop();
      filter.stop();
      res.end();
    };
    res.on('close', end);
    return Promise.resolve(undefined);
  },
});
