const BASE = 'http://base.invalid';

/** A path of the dashboard to go back to after signing in; `/` for everything that would lead elsewhere. */
export function returnPath(text: string | undefined): string {
  // Browsers read \ like /, drop tabs and line ends, and take //host for an address.
  // eslint-disable-next-line no-control-regex -- they are what is refused
  if (text === undefined || !/^\/(?![/\\])[^\\\x00-\x20\x7f]*$/.test(text)) return '/';
  if (!URL.canParse(text, BASE)) return '/';
  const url = new URL(text, BASE);
  const isPage = url.origin === BASE && !url.pathname.startsWith('//');
  return isPage && !url.pathname.startsWith('/api/') ? `${url.pathname}${url.search}` : '/';
}
