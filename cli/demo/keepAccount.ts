import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DemoStory } from '../../core/demo/demoCosts.ts';
import { ensureInstances } from './ensureInstances.ts';
import { waitForMoto, watchMoto } from './moto.ts';
import type { CurrentStory } from './storySource.ts';

/** What an account is kept with. */
export interface KeepOptions {
  motoUrl: string;
  readStory: () => Promise<CurrentStory>;
  log: Logger;
  signal: AbortSignal;
  /** Called when moto has ended and forgotten all. */
  onLost: () => void;
}

/** An account that is made again whenever moto was restarted. */
export interface KeptAccount {
  isReady: () => boolean;
  /** The story now. Where the demo was filled anew, the instances have their first types back when this resolves. */
  story: () => Promise<DemoStory>;
  /** Resolves when the signal has aborted and nothing goes on any more. */
  ended: Promise<void>;
}

const RETRY_MS = 1_000;

/** Makes the account's instances now and after each restart of moto. Returns when they are there for the first time. */
export async function keepAccount(options: KeepOptions): Promise<KeptAccount> {
  const { motoUrl, readStory, log, signal } = options;
  let isReady = false;
  let seededAt: string | undefined;

  async function makeOnce(): Promise<void> {
    const current = await readStory();
    seededAt = current.seededAt;
    await ensureInstances({ motoUrl, changes: current.story.changes, log });
    isReady = true;
  }

  async function keep(onReady: () => void): Promise<void> {
    for (;;) {
      await waitForMoto(motoUrl, log, signal);
      const watch = watchMoto(motoUrl, signal);
      try {
        await makeOnce();
        onReady();
        await watch.lost;
        log.warn('moto has ended, and the account with it; it is made again when moto is back');
      } catch (err) {
        signal.throwIfAborted();
        log.warn({ err }, 'The account could not be made; trying again');
        await wait(RETRY_MS, undefined, { signal });
      } finally {
        isReady = false;
        watch.stop();
        options.onLost();
      }
    }
  }

  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    ended = keep(resolve).catch((error: unknown) => {
      reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
  return {
    isReady: () => isReady,
    ended,
    story: async () => {
      const { story, seededAt: newest } = await readStory();
      if (newest !== seededAt) {
        seededAt = newest;
        await ensureInstances({ motoUrl, changes: story.changes, log, correctTypes: true });
      }
      return story;
    },
  };
}
