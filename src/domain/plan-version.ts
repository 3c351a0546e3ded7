// A token of a plan, for `ifVersion`: equal while the same update would make the same calls.
import { createHmac } from 'node:crypto';
import type { BackendOutcome } from './outcome.js';
import type { AccountRef } from './profile.js';
import { stableJson } from './same-value.js';

const PREFIX = 'plan.';

/** Opaque: a keyed hash over the calls and over what is there before and shall be after. */
export function planVersion(anchor: AccountRef, outcomes: readonly BackendOutcome[], key: Buffer): string {
  const told = outcomes.map(({ backend, calls, fields }) => ({
    backend,
    calls: calls.map(({ method, path, body }) => ({ method, path, body })),
    fields: fields.map(({ field, state, before, after }) => ({ field, state, before, after })),
  }));
  return (
    PREFIX +
    createHmac('sha256', key)
      .update(stableJson([anchor, told]))
      .digest('base64url')
  );
}

export function isPlanVersion(version: string): boolean {
  return /^plan\.[\w-]{43}$/.test(version);
}
