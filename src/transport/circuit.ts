// A circuit breaker: leaves a backend alone that fails, and asks it again from time to time. Why no library's:
// docs/decisions/0011-one-policy-for-every-upstream.md.
import { RollingSum } from './rolling-sum.js';

export type CircuitState = 'closed' | 'half-open' | 'open';

export interface CircuitLimits {
  /** The time over which calls are judged. */
  readonly circuitWindowMs: number;
  /** Fewer calls than these prove nothing. */
  readonly circuitMinCalls: number;
  /** From this share of failures on it opens. */
  readonly circuitFailureShare: number;
  /** How long it stays open; doubled each time that the backend has not recovered. */
  readonly circuitOpenMs: number;
  readonly circuitMaxOpenMs: number;
  /** How many calls go through after that, all of which must succeed. */
  readonly circuitProbes: number;
}

/** What a call says of the backend's health; one that was given up says nothing. */
export type Verdict = 'success' | 'failure' | 'nothing';

export interface Circuit {
  readonly state: CircuitState;
  /** How long until the backend is asked again; 0 unless the circuit is open. */
  readonly retryAfterMs: number;
  /** Null when the call must not be made; else it is to be told the call's verdict, once. */
  admit(): ((verdict: Verdict) => void) | null;
}

export function createCircuit(
  limits: CircuitLimits,
  onChange: (state: CircuitState) => void,
  now: () => number,
): Circuit {
  const calls = new RollingSum(limits.circuitWindowMs, now);
  const failures = new RollingSum(limits.circuitWindowMs, now);
  let state: CircuitState = 'closed';
  let openMs = limits.circuitOpenMs;
  let openUntil = 0;
  let probing = 0;
  let succeeded = 0;
  /** For all calls of this state; that to a call of an earlier one says nothing of now. */
  let tell = hear('closed');

  function hear(during: CircuitState): (verdict: Verdict) => void {
    const judge = during === 'closed' ? judgeClosed : judgeProbe;
    const self = (verdict: Verdict) => {
      if (tell === self) judge(verdict);
    };
    return self;
  }

  function enter(next: CircuitState): void {
    state = next;
    tell = hear(next);
    probing = 0;
    succeeded = 0;
    calls.clear();
    failures.clear();
    if (next === 'open') openUntil = now() + openMs;
    onChange(next);
  }

  function judgeClosed(verdict: Verdict): void {
    if (verdict === 'nothing') return;
    calls.add();
    if (verdict === 'failure') failures.add();
    const all = calls.value;
    if (all < limits.circuitMinCalls || failures.value < all * limits.circuitFailureShare) return;
    openMs = limits.circuitOpenMs;
    enter('open');
  }

  function judgeProbe(verdict: Verdict): void {
    probing -= 1;
    if (verdict === 'failure') {
      openMs = Math.min(openMs * 2, limits.circuitMaxOpenMs);
      enter('open');
    } else if (verdict === 'success') {
      succeeded += 1;
      if (succeeded >= limits.circuitProbes) enter('closed');
    }
  }

  return {
    get state() {
      // From then on the next call is let through, whenever it comes.
      return state === 'open' && now() >= openUntil ? 'half-open' : state;
    },
    get retryAfterMs() {
      return state === 'open' ? Math.max(0, openUntil - now()) : 0;
    },
    admit() {
      if (state === 'open' && now() >= openUntil) enter('half-open');
      if (state === 'open' || probing + succeeded >= limits.circuitProbes) return null;
      if (state === 'half-open') probing += 1;
      return tell;
    },
  };
}
