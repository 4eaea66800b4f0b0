import type { Socket } from 'node:net';

/** One request as a stub got it. */
export interface CloudRequest {
  method: string;
  /** Path without the query, decoded. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON body; undefined where there was none. */
  body: unknown;
}

/** One call to a cloud, as it arrived. */
export interface CloudCall {
  /** The method's name at the provider, such as `instances.stop` or `virtualMachines.deallocate`. */
  name: string;
  /** Id of the resource that it is about. */
  resource: string;
  /** Whether it is a call that changes something. */
  isChange: boolean;
  request: CloudRequest;
  /** Whether it took effect: it was let through, was not a repetition, and its operation did not fail. */
  arrived: boolean;
}

/**
 * What to do with a call: let it pass and only tell; lose the reply after the effect; hold the call before or after its
 * effect; refuse it with the provider's error; take it but let its operation fail; or let its operation take a while.
 */
export type CloudFault =
  | 'watch'
  | 'loseReply'
  | { hold: 'before' | 'after' }
  | { error: string; status?: number; retryAfterSeconds?: number }
  | { fails: string }
  | { takesMs: number };

interface Rule {
  name: string;
  fault: CloudFault;
  times: number;
  skip: number;
  resource: string | undefined;
  caller: string | undefined;
  caught: (call: CloudCall) => void;
}

/** The faults of a cloud's stub, and what was asked of it. The same words as `FaultProxy`, which stands before moto. */
export interface CloudFaults {
  calls: CloudCall[];
  /** The changing calls about a resource, in order; only those with an effect, if asked. */
  mutations: (resource: string, effectiveOnly?: boolean) => string[];
  /**
   * Puts a fault on the next calls of a name, or of any with `*`; resolves with the first call that it meets. With a caller, on
   * calls only that say so in the header `x-caller`.
   */
  on: (
    name: string,
    fault: CloudFault,
    options?: { times?: number; skip?: number; resource?: string; caller?: string },
  ) => Promise<CloudCall>;
  /** Forgets faults and lets held calls end without a reply. */
  clear: () => void;
}

/** The other side of the faults, for the server. */
export interface FaultDesk extends CloudFaults {
  /** The fault of a call, once; its finder is told when `tell` is called. */
  take: (call: CloudCall) => { fault: CloudFault | undefined; tell: () => void };
  hold: (socket: Socket) => void;
}

/** Opens one without faults. */
export function createFaultDesk(): FaultDesk {
  const calls: CloudCall[] = [];
  const held = new Set<Socket>();
  let rules: Rule[] = [];
  const isAbout = (call: CloudCall, resource: string) =>
    call.resource.toLowerCase() === resource.toLowerCase();
  return {
    calls,
    mutations: (resource, effectiveOnly = false) =>
      calls
        .filter((call) => call.isChange && isAbout(call, resource))
        .filter((call) => call.arrived || !effectiveOnly)
        .map((call) => call.name),
    on: (name, fault, { times = 1, skip = 0, resource, caller } = {}) =>
      new Promise((caught) => rules.push({ name, fault, times, skip, resource, caller, caught })),
    clear: () => {
      rules = [];
      for (const socket of held) socket.destroy();
      held.clear();
    },
    take: (call) => {
      calls.push(call);
      const rule = rules.find(
        ({ name, times, resource, caller }) =>
          times > 0 &&
          ['*', call.name].includes(name) &&
          (resource === undefined || isAbout(call, resource)) &&
          (caller === undefined || call.request.headers['x-caller'] === caller),
      );
      const none = { fault: undefined, tell: () => undefined };
      if (rule === undefined) return none;
      if (rule.skip > 0) {
        rule.skip -= 1;
        return none;
      }
      rule.times -= 1;
      return { fault: rule.fault, tell: () => rule.caught(call) };
    },
    hold: (socket) => void held.add(socket),
  };
}
