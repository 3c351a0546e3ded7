import { hash } from 'node:crypto';
import type { MindCredential } from './client.js';

/** As long as their credentials: one request asks several times. */
const keys = new WeakMap<MindCredential, string>();

/** Tells credentials apart without keeping them. */
export function credentialKey(credential: MindCredential): string {
  let key = keys.get(credential);
  if (key === undefined) {
    key = hash('sha256', JSON.stringify(credential.headers), 'base64url');
    keys.set(credential, key);
  }
  return key;
}
