import type { IncomingMessage, ServerResponse } from 'node:http';

const PREFLIGHT_SECONDS = '600';

/** What a page may read of an answer's headers beside the few that it always may. */
const READABLE_HEADERS = 'retry-after, x-request-id';

/** Tells a browser page of a listed origin that it may ask; others get no header and are stopped by the browser. */
export function setCorsHeaders(
  req: IncomingMessage,
  res: ServerResponse,
  origins: readonly string[],
): boolean {
  res.setHeader('vary', 'Origin');
  const { origin } = req.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-expose-headers', READABLE_HEADERS);
  if (isPreflight(req)) {
    res.setHeader('access-control-allow-methods', 'POST');
    res.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
    // Some versions of Chrome ask so before a page of the internet may speak to this machine.
    if (req.headers['access-control-request-private-network'] === 'true') {
      res.setHeader('access-control-allow-private-network', 'true');
    }
    const asked = req.headers['access-control-request-headers'];
    if (asked !== undefined) res.setHeader('access-control-allow-headers', asked);
  }
  return true;
}

/** A browser's question whether a page may ask. */
export function isPreflight(req: IncomingMessage): boolean {
  return req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
}
