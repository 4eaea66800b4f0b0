type Entity =
  | 'anomaly'
  | 'action'
  | 'connection'
  | 'costs'
  | 'budget'
  | 'notification'
  | 'llm'
  | 'team'
  | 'policy';

const SETTLE_MS = 150;
const REOPEN_MS = 3_000;

/** Changes that the server tells of; whatever shows an entity loads again when it changes. */
class Live {
  #source: EventSource | undefined;
  #isConnected = $state(false);
  #wasConnected = false;
  #listeners = new Set<{ entities: readonly Entity[]; reload: () => void }>();

  get isConnected(): boolean {
    return this.#isConnected;
  }

  start(): void {
    this.#source ??= this.#open();
  }

  stop(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#isConnected = false;
    this.#wasConnected = false;
  }

  /**
   * Calls `reload` soon after changes of these entities, many at once as one; returns how to stop. While changes keep
   * coming it is called again and again: to wait for a pause would leave the page behind as long as there is none.
   */
  on(entities: readonly Entity[], reload: () => void): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = {
      entities,
      reload: () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          reload();
        }, SETTLE_MS);
      },
    };
    this.#listeners.add(listener);
    return () => {
      clearTimeout(timer);
      this.#listeners.delete(listener);
    };
  }

  #open(): EventSource {
    const source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => {
      // What happened while the line was cut is not told again; at the first time everything was just loaded.
      if (this.#wasConnected) this.#reloadAll();
      this.#wasConnected = true;
      this.#isConnected = true;
    });
    source.addEventListener('error', () => {
      this.#isConnected = false;
      // The browser tries again by itself after a cut line, but never after an answer like 503.
      if (source.readyState === EventSource.CLOSED && this.#source === source) {
        setTimeout(() => {
          if (this.#source === source) this.#source = this.#open();
        }, REOPEN_MS);
      }
    });
    source.addEventListener('gap', () => this.#reloadAll());
    source.addEventListener('change', (event: MessageEvent<string>) => {
      const { entity } = JSON.parse(event.data) as { entity: Entity };
      for (const listener of this.#listeners)
        if (listener.entities.includes(entity)) listener.reload();
    });
    return source;
  }

  #reloadAll(): void {
    for (const listener of this.#listeners) listener.reload();
  }
}

/** The one stream of the page. */
export const live = new Live();
