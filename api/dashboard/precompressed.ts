import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { RequestHandler } from 'express';

// The smaller first, whatever order the browser names them in.
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/**
 * Points requests for assets to what the build compressed beside them, where the browser takes it; the file itself is sent
 * by whoever serves the folder next. Looks into the folder once: the names of assets carry a hash of what is in them.
 */
export function precompressed(uiFolder: string): RequestHandler {
  const assets = join(uiFolder, 'assets');
  const files = new Set(
    existsSync(assets) ? readdirSync(assets).map((name) => `/assets/${name}`) : [],
  );
  return (req, res, next) => {
    const { path } = req;
    const there = ENCODINGS.filter(([, ending]) => files.has(path + ending));
    if (there.length > 0 && ['GET', 'HEAD'].includes(req.method)) {
      res.vary('Accept-Encoding');
      const taken = there.find(([encoding]) => req.acceptsEncodings(encoding) === encoding);
      if (taken !== undefined) {
        const [encoding, ending] = taken;
        // Else the type would be that of the ending.
        res.type(extname(path));
        res.setHeader('Content-Encoding', encoding);
        req.url = path + ending;
      }
    }
    next();
  };
}
