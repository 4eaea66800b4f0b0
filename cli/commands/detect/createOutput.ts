import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Text that goes somewhere, at the pace at which it is taken. */
export interface Output {
  /** @throws the stream's error, such as ENOSPC, or EPIPE where the reader has gone */
  write: (text: string) => Promise<void>;
  /** Resolves when all has been written and the stream is closed. */
  end: () => Promise<void>;
  /** Stops listening for errors, for a stream that outlives the output. */
  release: () => void;
}

/** Wraps a stream so that a write that fails is an error of the one who writes, and not of the process. */
export function createOutput(stream: Writable): Output {
  let failure: Error | undefined;
  const onError = (error: Error) => (failure = error);
  stream.on('error', onError);
  return {
    write: async (text) => {
      if (failure !== undefined) throw failure;
      if (text !== '' && !stream.write(text)) await once(stream, 'drain');
    },
    end: async () => {
      if (failure !== undefined) throw failure;
      const closed = once(stream, 'close');
      stream.end();
      await closed;
    },
    release: () => stream.off('error', onError),
  };
}
