import { untrack } from 'svelte';

/** A key that does something on the page that is shown. */
export interface Shortcut {
  /** As `KeyboardEvent.key` says it: `j`, `?`. */
  key: string;
  /** What it does, for the sheet: `Next finding`. */
  does: string;
  /** undefined where the browser does it by itself, as Enter on a link. */
  run?: () => void;
}

const STORE = 'costguard.shortcuts';
const TYPED = 'input, textarea, select, [contenteditable="true"]';

/**
 * The single-key shortcuts of what is shown. They can be switched off, since whoever speaks to the browser sends keys
 * without meaning to (WCAG 2.2, 2.1.4); they rest while something is typed and while a dialog is open.
 */
class Shortcuts {
  #groups = $state.raw<readonly { title: string; shortcuts: readonly Shortcut[] }[]>([]);
  #isOn = $state(readStored() !== 'off');

  constructor() {
    addEventListener('keydown', (event) => this.#press(event));
  }

  /** What can be pressed now, for the sheet. */
  get groups(): readonly { title: string; shortcuts: readonly Shortcut[] }[] {
    return this.#groups;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    try {
      localStorage.setItem(STORE, isOn ? 'on' : 'off');
    } catch {
      // Without a store it holds until the page is left.
    }
  }

  /** Offers keys until the returned function is called; where two groups have a key, the newer one's counts. */
  offer(title: string, shortcuts: readonly Shortcut[]): () => void {
    const group = { title, shortcuts };
    // Whoever offers from an effect does not wait for what others offer.
    this.#groups = [...untrack(() => this.#groups), group];
    return () => {
      this.#groups = untrack(() => this.#groups).filter((one) => one !== group);
    };
  }

  #press(event: KeyboardEvent): void {
    if (!this.#isOn || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
      return;
    if (event.target instanceof Element && event.target.matches(TYPED)) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const found = this.#groups
      .flatMap((group) => group.shortcuts)
      .findLast(({ key, run }) => key === event.key && run !== undefined);
    if (found === undefined) return;
    event.preventDefault();
    found.run?.();
  }
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

/** The one set of shortcuts of the page. */
export const shortcuts = new Shortcuts();
