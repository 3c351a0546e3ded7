import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Tells the federation router from others by x-router-secret; without a secret, everybody is trusted outside production. */
export function createRouterCheck(secret: string | null, isProduction: boolean) {
  return (req: IncomingMessage): boolean => {
    if (secret === null) return !isProduction;
    const given = req.headers['x-router-secret'];
    return typeof given === 'string' && isEqual(given, secret);
  };
}

/** Takes as long for a near miss as for nonsense. */
function isEqual(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
