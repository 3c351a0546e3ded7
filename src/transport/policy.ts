// What every call to one upstream goes through, from the outside in: the operation's time, retries, the bulkhead, the
// circuit, and at last one attempt. Why in this order: docs/decisions/0011-one-policy-for-every-upstream.md.
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { GatewayError } from '../errors.js';
import { createBulkhead, type BulkheadLimits, type Lane } from './bulkhead.js';
import type { CallKind, CallScope, RefusalReason } from './call-scope.js';
import {
  createCircuit,
  type Circuit,
  type CircuitLimits,
  type CircuitState,
  type Verdict,
} from './circuit.js';
import { isBackendFailure } from './faults.js';
import { createRetryBudget, retryWaitMs, type RetryLimits } from './retry.js';
import { RollingSum } from './rolling-sum.js';

export interface UpstreamLimits extends BulkheadLimits, CircuitLimits, RetryLimits {
  /** Calls started in any one second, reads and writes together; null for as many as come. */
  readonly ratePerSecond: number | null;
}

export const UPSTREAM_LIMITS: UpstreamLimits = {
  maxInFlight: 64,
  // With those under way, less than the operations that run at a time: a backend that hangs must not take all of them.
  maxWaiting: 32,
  maxWaitMs: 500,
  maxPerCaller: 16,
  ratePerSecond: null,
  circuitWindowMs: 10_000,
  circuitMinCalls: 20,
  circuitFailureShare: 0.5,
  circuitOpenMs: 5_000,
  circuitMaxOpenMs: 30_000,
  circuitProbes: 3,
  retryBaseMs: 50,
  retryMaxWaitMs: 1_000,
  maxRetryAfterMs: 2_000,
  retryReserveMs: 200,
  retryShare: 0.2,
  retryFloor: 3,
};

/** How one upstream does, for reads or for writes. */
export interface UpstreamCondition {
  readonly circuit: CircuitState;
  readonly inFlight: number;
  /** Calls that wait for a place. */
  readonly waiting: number;
  /** Of the last ten seconds. */
  readonly recent: {
    readonly attempts: number;
    readonly failures: number;
    /** Null without an attempt. */
    readonly meanMs: number | null;
  };
}

export interface PolicyOptions {
  readonly backend: string;
  readonly limits: UpstreamLimits;
  readonly onCircuitChange: (kind: CallKind, state: CircuitState) => void;
  readonly now?: () => number;
  readonly random?: () => number;
}

export interface PolicedCall {
  readonly kind: CallKind;
  /** True when the credential is the caller's own: what the backend asks because of it concerns nobody else. */
  readonly isCallersCredential?: boolean;
}

export interface Policy {
  /** Runs one call in as many attempts as it takes; they are numbered from 1. */
  run<T>(scope: CallScope, call: PolicedCall, attempt: (number: number) => Promise<T>): Promise<T>;
  condition(kind: CallKind): UpstreamCondition;
}

const RECENT_MS = 10_000;
const EVERYBODY = Symbol('everybody');

export function createPolicy({ backend, limits, onCircuitChange, ...options }: PolicyOptions): Policy {
  const { now = () => performance.now(), random = Math.random } = options;
  const rate = limits.ratePerSecond === null ? null : createRate(limits.ratePerSecond);
  const budget = createRetryBudget(limits, now);
  /** Until when nothing is sent: for everybody, and for callers whose own credential was told so. */
  const pauses = new Map<string | symbol, number>();

  const unsent = (code: 'UPSTREAM_BUSY' | 'UPSTREAM_CIRCUIT_OPEN', words: string, retryAfterMs: number) =>
    new GatewayError(code, `${backend}: ${words}`, { backend, retryAfterMs: Math.ceil(retryAfterMs) });

  const circuitOpen = ({ retryAfterMs }: Circuit) =>
    unsent(
      'UPSTREAM_CIRCUIT_OPEN',
      'it has failed too often of late; nothing was sent.',
      retryAfterMs || limits.maxWaitMs,
    );

  function createGuard(kind: CallKind) {
    return {
      recent: {
        attempts: new RollingSum(RECENT_MS, now),
        failures: new RollingSum(RECENT_MS, now),
        ms: new RollingSum(RECENT_MS, now),
      },
      circuit: createCircuit(
        limits,
        (state) => {
          onCircuitChange(kind, state);
        },
        now,
      ),
      bulkhead: createBulkhead(kind, limits, rate, () =>
        unsent('UPSTREAM_BUSY', 'too many requests are under way already.', limits.maxWaitMs),
      ),
    };
  }
  type Guard = ReturnType<typeof createGuard>;
  const guards = { read: createGuard('read'), write: createGuard('write') };

  /** A backend that has asked everybody to slow down is waited for, if that is not too long. */
  async function pause(scope: CallScope, kind: CallKind): Promise<void> {
    const until = Math.max(pauses.get(EVERYBODY) ?? 0, pauses.get(scope.lane) ?? 0);
    const waitMs = until - now();
    if (waitMs <= 0) return;
    if (waitMs > limits.maxRetryAfterMs || waitMs + limits.retryReserveMs > scope.remainingMs(kind)) {
      const message = `${backend}: the backend has asked to slow down; nothing was sent.`;
      const retryAfterMs = Math.ceil(waitMs);
      throw new GatewayError('UPSTREAM_RATE_LIMITED', message, { backend, retryAfterMs, delivery: 'unsent' });
    }
    await rest(waitMs, scope, kind);
  }

  function notePause(whose: string | symbol, { retryAfterMs = 0 }: GatewayError): void {
    for (const [other, until] of pauses) if (until <= now()) pauses.delete(other);
    if (retryAfterMs > 0) pauses.set(whose, Math.max(pauses.get(whose) ?? 0, now() + retryAfterMs));
  }

  /** Takes a place, once there is one; nobody waits for it only to be told that nothing is sent. */
  function enter({ circuit, bulkhead }: Guard, scope: CallScope): Lane | Promise<Lane> {
    if (circuit.retryAfterMs > 0) throw circuitOpen(circuit);
    return bulkhead.enter(scope);
  }

  /** What to tell of the call that has this place; gives the place back where it must not be made. */
  function admit({ circuit, bulkhead }: Guard, lane: Lane): (verdict: Verdict) => void {
    const tell = circuit.admit();
    if (tell !== null) return tell;
    bulkhead.leave(lane);
    throw circuitOpen(circuit);
  }

  function note({ recent }: Guard, verdict: Verdict, startedAt: number): void {
    if (verdict === 'nothing') return;
    recent.attempts.add();
    recent.ms.add(now() - startedAt);
    if (verdict === 'failure') recent.failures.add();
  }

  return {
    async run(scope, { kind, isCallersCredential = false }, attempt) {
      const guard = guards[kind];
      let failed: GatewayError | null = null;
      for (let retries = 0; ; retries += 1) {
        try {
          if (pauses.size > 0) await pause(scope, kind);
          const entered = enter(guard, scope);
          const lane = entered instanceof Promise ? await entered : entered;
          const tell = admit(guard, lane);
          if (retries === 0) budget.countFirst();
          const startedAt = now();
          let verdict: Verdict = 'success';
          try {
            return await attempt(retries + 1);
          } catch (error) {
            verdict = error instanceof GatewayError ? verdictOf(error) : 'nothing';
            throw error;
          } finally {
            guard.bulkhead.leave(lane);
            tell(verdict);
            note(guard, verdict, startedAt);
          }
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          const refusal = refusalOf(error);
          if (refusal !== null) scope.refused(backend, kind, refusal);
          // That another try was not let through is not why the call failed.
          const isNotLet = refusal !== null || error.code === 'BUDGET_EXCEEDED';
          if (isNotLet && failed !== null) throw failed;
          failed = error;
          if (error.httpStatus === 429) notePause(isCallersCredential ? scope.lane : EVERYBODY, error);
          const waitMs = retryWaitMs(error, kind, retries, scope.remainingMs(kind), limits, random);
          if (waitMs === null) throw error;
          if (!budget.take()) {
            scope.refused(backend, kind, 'retry_budget');
            throw error;
          }
          if (!(await rest(waitMs, scope, kind))) throw error;
        }
      }
    },
    condition(kind) {
      const { circuit, bulkhead, recent } = guards[kind];
      const attempts = recent.attempts.value;
      return {
        circuit: circuit.state,
        inFlight: bulkhead.inFlight,
        waiting: bulkhead.waiting,
        recent: {
          attempts,
          failures: recent.failures.value,
          meanMs: attempts === 0 ? null : Math.round(recent.ms.value / attempts),
        },
      };
    },
  };
}

/** Starts calls in small groups, ten a second, so that nobody has to wait for the next second to begin. */
function createRate(perSecond: number): PQueue {
  const intervalCap = Math.max(1, Math.floor(perSecond / 10));
  return new PQueue({ intervalCap, interval: (intervalCap * 1_000) / perSecond, strict: true });
}

const REFUSALS: Partial<Record<GatewayError['code'], RefusalReason>> = {
  UPSTREAM_CIRCUIT_OPEN: 'circuit_open',
  UPSTREAM_BUSY: 'busy',
  UPSTREAM_RATE_LIMITED: 'rate_limited',
};

/** Null for the failure of a call that was sent. */
function refusalOf({ code, delivery }: GatewayError): RefusalReason | null {
  return delivery === 'unsent' ? (REFUSALS[code] ?? null) : null;
}

/** A backend that refuses a credential may do so long before it gets to what fails: anybody can be refused. */
const REFUSED = [401, 403];

function verdictOf(error: GatewayError): Verdict {
  if (isBackendFailure(error)) return 'failure';
  if (error.httpStatus !== undefined && REFUSED.includes(error.httpStatus)) return 'nothing';
  return error.httpStatus === undefined ? 'nothing' : 'success';
}

/** False when the operation has ended meanwhile. */
async function rest(ms: number, scope: CallScope, kind: CallKind): Promise<boolean> {
  const { abortSignal: signal } = kind === 'read' ? scope.signal : scope.writeSignal;
  return sleep(ms, true, { signal }).catch(() => false);
}
