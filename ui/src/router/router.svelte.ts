/** Where the browser is: path and query, with the browser's own history behind it. */
class Router {
  #path = $state(location.pathname);
  #search = $state(location.search);

  constructor() {
    addEventListener('popstate', () => this.#read());
    addEventListener('click', (event) => this.#follow(event));
  }

  get path(): string {
    return this.#path;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  /** Goes to an address of this site; `replace` leaves no step in the history. */
  go(address: string, options: { replace?: boolean } = {}): void {
    if (options.replace === true) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    this.#read();
  }

  /** Changes parts of the query and keeps the others; null takes one out. */
  setQuery(changes: Record<string, string | null>): void {
    this.go(this.addressWith(changes), { replace: true });
  }

  /** The address of this page with parts of the query changed; null takes one out. */
  addressWith(changes: Record<string, string | null>): string {
    const query = this.query;
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    return text === '' ? this.path : `${this.path}?${text}`;
  }

  #read(): void {
    const moved = this.#path !== location.pathname;
    this.#path = location.pathname;
    this.#search = location.search;
    if (moved) scrollTo(0, 0);
  }

  /** Plain clicks on links of the dashboard change the page without loading it. */
  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (
      link === null ||
      !isPlain ||
      event.defaultPrevented ||
      link.target !== '' ||
      link.origin !== location.origin
    )
      return;
    if (link.pathname.startsWith('/docs') || link.pathname.startsWith('/api') || link.hash !== '')
      return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

/** The one router of the page. */
export const router = new Router();
