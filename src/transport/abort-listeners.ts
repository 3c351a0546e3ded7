// One listener on a signal for all calls of its operation: Node looks through a signal's listeners one by one, and warns of a
// leak where there are more than ten.
const bySignal = new WeakMap<AbortSignal, Set<() => void>>();

/** What is called once `signal` is aborted, to be added to and deleted from. */
export function abortListeners(signal: AbortSignal): Set<() => void> {
  const known = bySignal.get(signal);
  if (known !== undefined) return known;
  const listeners = new Set<() => void>();
  bySignal.set(signal, listeners);
  signal.addEventListener('abort', () => {
    for (const listener of listeners) listener();
  });
  return listeners;
}
