import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One call of the EC2 query protocol, as it arrived. */
export interface Ec2Call {
  action: string;
  dryRun: boolean;
  params: Record<string, string>;
  /** The access key that it was signed with. */
  caller: string;
  /** Whether the call reached the server behind the proxy. */
  arrived: boolean;
}

/**
 * What to do with a call: let it pass and only tell, answer an EC2 error, lose the reply after the effect, or hold the
 * call before or after its effect.
 */
export type Fault =
  'watch' | 'loseReply' | { error: string; status?: number } | { hold: 'before' | 'after' };

interface Rule {
  action: string;
  fault: Fault;
  times: number;
  /** Let this many matching calls pass first. */
  skip: number;
  /** Only calls about this instance. */
  instance: string | undefined;
  /** Only calls signed with this access key. */
  caller: string | undefined;
  caught: (call: Ec2Call) => void;
}

/** A proxy before moto that records every call and can make the ones fail that moto never would. */
export interface FaultProxy {
  url: string;
  calls: Ec2Call[];
  /** The changing calls about an instance that were meant, in order: no dry runs; only those with an effect, if asked. */
  mutations: (instance: string, effectiveOnly?: boolean) => string[];
  /** Puts a fault on the next calls of an action, or of any with `*`; resolves with the first call that it meets. */
  on: (
    action: string,
    fault: Fault,
    options?: { times?: number; skip?: number; instance?: string; caller?: string },
  ) => Promise<Ec2Call>;
  /** Forgets faults and lets held calls end without a reply. */
  clear: () => void;
  close: () => Promise<void>;
}

const CHANGING = [
  'StopInstances',
  'ModifyInstanceAttribute',
  'StartInstances',
  'CreateSnapshot',
  'DeleteVolume',
  'CreateVolume',
];

/** Starts the proxy on a free loopback port before `upstream`. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const calls: Ec2Call[] = [];
  let rules: Rule[] = [];
  const held = new Set<Socket>();

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await read(incoming);
    const params = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    const call: Ec2Call = {
      action: params['Action'] ?? '',
      dryRun: params['DryRun'] === 'true',
      params,
      caller: /Credential=([^/]+)\//.exec(incoming.headers.authorization ?? '')?.[1] ?? '',
      arrived: false,
    };
    calls.push(call);
    const rule = takeRule(rules, call);
    const fault = rule?.fault;
    if (typeof fault !== 'object' || !('hold' in fault) || fault.hold === 'before')
      rule?.caught(call);
    if (typeof fault === 'object' && 'error' in fault) {
      sendError(outgoing, fault);
      return;
    }
    if (typeof fault === 'object' && fault.hold === 'before') {
      held.add(incoming.socket);
      return;
    }
    const reply = await forward(upstream, incoming, body);
    call.arrived = true;
    if (fault === 'loseReply') incoming.socket.destroy();
    else if (typeof fault === 'object') {
      held.add(incoming.socket);
      rule?.caught(call);
    } else outgoing.writeHead(reply.status, reply.headers).end(reply.body);
  };
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clear = () => {
    rules = [];
    for (const socket of held) socket.destroy();
    held.clear();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    mutations: (instance, effectiveOnly = false) =>
      calls
        .filter((call) => CHANGING.includes(call.action) && !call.dryRun)
        .filter((call) => isAbout(call, instance) && (call.arrived || !effectiveOnly))
        .map((call) => call.action),
    on: (action, fault, { times = 1, skip = 0, instance, caller } = {}) =>
      new Promise((caught) => rules.push({ action, fault, times, skip, instance, caller, caught })),
    clear,
    close: async () => {
      clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function takeRule(rules: Rule[], call: Ec2Call): Rule | undefined {
  const rule = rules.find((r) => r.times > 0 && matches(r, call));
  if (rule === undefined) return undefined;
  if (rule.skip > 0) {
    rule.skip -= 1;
    return undefined;
  }
  rule.times -= 1;
  return rule;
}

// `StopInstances` means the real call; `DryRun:StopInstances` the rehearsal.
function matches({ action, instance, caller }: Rule, call: Ec2Call): boolean {
  const name = call.dryRun ? `DryRun:${call.action}` : call.action;
  if (caller !== undefined && caller !== call.caller) return false;
  return ['*', name].includes(action) && (instance === undefined || isAbout(call, instance));
}

function isAbout(call: Ec2Call, instance: string): boolean {
  return Object.values(call.params).includes(instance);
}

function sendError(
  outgoing: ServerResponse,
  { error, status }: { error: string; status?: number },
) {
  const secret = 'arn:aws:iam::123456789012:user/secret-of-the-provider';
  outgoing
    .writeHead(status ?? (error === 'UnauthorizedOperation' ? 403 : 400), {
      'content-type': 'text/xml',
    })
    .end(
      `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${error}</Code>` +
        `<Message>${secret}</Message></Error></Errors><RequestID>r-1</RequestID></Response>`,
    );
}

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function forward(
  upstream: string,
  incoming: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: Record<string, string | string[]>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(incoming.url ?? '/', upstream),
      { method: incoming.method ?? 'POST', headers: incoming.headers },
      (reply) => {
        read(reply).then((text) => {
          const headers = Object.fromEntries(
            Object.entries(reply.headers).filter(
              (pair): pair is [string, string | string[]] => pair[1] !== undefined,
            ),
          );
          resolve({ status: reply.statusCode ?? 502, headers, body: text });
        }, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
