// What backends send that their contracts do not say, noticed on normal traffic. Kept per process, like every operations figure.

export type DriftKind = 'unknown value' | 'new key' | 'missing key' | 'changed type';

/** One deviation. Holds names only, never a value. */
export interface Drift {
  readonly backend: string;
  readonly kind: DriftKind;
  /** The contract's name of the thing, e.g. `settings.status`; one of a fixed set. */
  readonly where: string;
  /** The vendor's name of a new key; null when it is no plain word. */
  readonly key: string | null;
}

/** `isFirst`: no deviation of this kind has been seen in this place before in this process. */
export type DriftListener = (drift: Drift, isFirst: boolean) => void;

const seen = new Set<string>();
const listeners = new Set<DriftListener>();

/** Tells of every deviation from now on; the returned function ends it. */
export function onDrift(listener: DriftListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function noteDrift(backend: string, kind: DriftKind, where: string, newKey?: string): void {
  const key = newKey !== undefined && /^[A-Za-z_]\w{0,63}$/.test(newKey) ? newKey : null;
  const id = JSON.stringify([backend, kind, where]);
  const isFirst = !seen.has(id);
  seen.add(id);
  for (const listener of listeners) listener({ backend, kind, where, key }, isFirst);
}
