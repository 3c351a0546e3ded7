// One caller's share: however much one asks, and however slow the backend that is asked, the others find room.

export interface CallerLimit {
  /** Counts one more of the caller's, until what it answers is called; null when the caller has as many as anybody may. */
  enter(subject: string): (() => void) | null;
}

export function createCallerLimit(maxAtOnce: number): CallerLimit {
  const running = new Map<string, number>();
  return {
    enter(subject) {
      const count = running.get(subject) ?? 0;
      if (count >= maxAtOnce) return null;
      running.set(subject, count + 1);
      return () => {
        const left = (running.get(subject) ?? 1) - 1;
        if (left === 0) running.delete(subject);
        else running.set(subject, left);
      };
    },
  };
}
