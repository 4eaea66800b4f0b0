/** One reply to a browser that follows nothing by itself. */
export interface Visit {
  url: string;
  status: number;
  /** Where it is sent on to, absolute. */
  location: string | undefined;
  text: string;
  setCookies: string[];
}

/** A client that keeps cookies by origin, as far as a sign-in needs them. */
export interface CookieBrowser {
  visit: (url: string, form?: Record<string, string>) => Promise<Visit>;
  /** Follows redirects until a page, or until an address that starts with `stopAt`, which is not asked. */
  follow: (url: string, stopAt: string, form?: Record<string, string>) => Promise<Visit>;
  /** The cookies for an address, as a header. */
  cookies: (url: string) => string;
  setCookie: (url: string, name: string, value: string) => void;
}

export function createCookieBrowser(): CookieBrowser {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string) => {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const cookies = (url: string) =>
    [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join('; ');

  const visit: CookieBrowser['visit'] = async (url, form) => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookies(url), accept: 'text/html' },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const isGone = attributes.some((one) => /^ ?(max-age=0|expires=thu, 01 jan 1970)/i.test(one));
      if (value === '' || isGone) jarOf(url).delete(name);
      else jarOf(url).set(name, value);
    }
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      location: location === null ? undefined : new URL(location, url).href,
      text: await response.text(),
      setCookies,
    };
  };
  return {
    visit,
    cookies,
    setCookie: (url, name, value) => jarOf(url).set(name, value),
    follow: async (url, stopAt, form) => {
      let reply = await visit(url, form);
      for (let hops = 0; hops < 20 && reply.location !== undefined; hops += 1) {
        if (reply.location.startsWith(stopAt)) return reply;
        reply = await visit(reply.location);
      }
      return reply;
    },
  };
}
