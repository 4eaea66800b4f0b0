import { type ApiError, toApiError } from '../client/api';
import { live } from './live.svelte';

/** Data of the server with its states: loading, failed, there. A later load replaces an earlier one that is still under way. */
export class Resource<T> {
  #data = $state.raw<T | undefined>(undefined);
  #error = $state.raw<ApiError | undefined>(undefined);
  #isLoading = $state(false);
  #turn = 0;
  #isStale = false;
  readonly #load: () => Promise<T>;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** The last data that came; stays while newer is loaded. */
  get data(): T | undefined {
    return this.#data;
  }

  get error(): ApiError | undefined {
    return this.#error;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  async reload(): Promise<void> {
    const turn = ++this.#turn;
    this.#isLoading = true;
    this.#isStale = false;
    try {
      const data = await this.#load();
      if (turn !== this.#turn) return;
      this.#data = data;
      this.#error = undefined;
    } catch (error) {
      if (turn === this.#turn) this.#error = toApiError(error);
    } finally {
      if (turn === this.#turn) this.#end();
    }
  }

  /**
   * Loads what has changed at the server. One that is under way comes first and is followed by another: replaced by each
   * change, none would ever be shown while changes come faster than answers.
   */
  refresh(): void {
    if (this.#isLoading) this.#isStale = true;
    else void this.reload();
  }

  #end(): void {
    this.#isLoading = false;
    if (this.#isStale) void this.reload();
  }
}

/** A resource that loads when the component starts, when `inputs` change, and when one of the entities changes. */
export function liveResource<T>(
  load: () => Promise<T>,
  entities: Parameters<typeof live.on>[0],
  inputs: () => unknown = () => undefined,
): Resource<T> {
  const resource = new Resource(load);
  $effect(() => {
    inputs();
    void resource.reload();
  });
  $effect(() => live.on(entities, () => resource.refresh()));
  return resource;
}
