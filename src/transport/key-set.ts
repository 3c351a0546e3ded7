// The public keys of whoever issues tokens, read from the URL where they are published.
import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import { GatewayError, type ErrorCode } from '../errors.js';

const MAX_BYTES = 1024 * 1024;
/** A key that nobody has heard of causes a new read, but no more often than this: anybody can name one. */
const COOLDOWN_MS = 30_000;
const KEPT_MS = 10 * 60_000;

/** Reads the set when it is first needed, every ten minutes, and for a key that is not in it. Throws GatewayError UPSTREAM_…. */
export function createKeySet(url: string, timeoutMs: number): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEPT_MS,
    [customFetch]: fetchKeys,
  });
}

/** As `fetch`, but of a bounded size, and with failures as the gateway names them. Redirects are not followed: jose forbids it. */
const fetchKeys: FetchImplementation = async (url, options) => {
  try {
    const response = await fetch(url, options);
    if (response.status !== 200) {
      await response.body?.cancel();
      const isRedirect = response.status >= 300 && response.status < 400;
      const code = isRedirect ? 'UPSTREAM_REDIRECT_BLOCKED' : 'UPSTREAM_ERROR';
      throw unusable(code, `the answer had status ${response.status}`);
    }
    return new Response(await readBounded(response));
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw options.signal.aborted
      ? unusable('UPSTREAM_TIMEOUT', 'no complete answer came in time', error)
      : unusable('UPSTREAM_UNREACHABLE', 'no connection could be made, or it broke', error);
  }
};

async function readBounded({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BYTES)
      throw unusable('UPSTREAM_RESPONSE_TOO_LARGE', `the answer exceeds ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unusable(code: ErrorCode, reason: string, cause?: unknown): GatewayError {
  return new GatewayError(code, `The keys that tokens are checked with could not be read: ${reason}.`, {
    cause,
  });
}
