import { describe, expect, it } from '@jest/globals';
import { createCircuit, type CircuitState, type Verdict } from '../../src/transport/circuit.js';
import { UPSTREAM_LIMITS } from '../../src/transport/policy.js';

/** A circuit under the limits that are in force, and its clock. */
function start() {
  const clock = { ms: 1_000_000 };
  const changes: CircuitState[] = [];
  const circuit = createCircuit(
    UPSTREAM_LIMITS,
    (state) => changes.push(state),
    () => clock.ms,
  );
  /** Makes one call; false when it was not let through. */
  const call = (verdict: Verdict) => {
    const tell = circuit.admit();
    tell?.(verdict);
    return tell !== null;
  };
  const callTimes = (times: number, verdict: Verdict) =>
    Array.from({ length: times }, () => call(verdict)).filter(Boolean).length;
  return { circuit, clock, changes, call, callTimes };
}

describe('a circuit', () => {
  it('lets 20 failing calls through, and none of the next 20', () => {
    const { circuit, changes, callTimes } = start();
    expect(callTimes(40, 'failure')).toBe(20);
    expect([circuit.state, changes, circuit.retryAfterMs]).toEqual(['open', ['open'], 5_000]);
  });

  it.each([
    ['19 failures prove nothing', 0, 19, 'closed'],
    ['10 failures of 20 open it', 10, 10, 'open'],
    ['9 failures of 20 do not', 11, 9, 'closed'],
    ['30 failures of 61 do not', 31, 30, 'closed'],
  ] as const)('%s', (_what, successes, failures, expected) => {
    const { circuit, callTimes } = start();
    callTimes(successes, 'success');
    callTimes(failures, 'failure');
    expect(circuit.state).toBe(expected);
  });

  it('is not moved by a thousand calls that were given up', () => {
    const { circuit, callTimes } = start();
    callTimes(19, 'failure');
    expect(callTimes(1_000, 'nothing')).toBe(1_000);
    expect(circuit.state).toBe('closed');
  });

  it('forgets what is older than ten seconds', () => {
    const { circuit, clock, callTimes } = start();
    callTimes(19, 'failure');
    clock.ms += 10_000;
    callTimes(19, 'failure');
    expect(circuit.state).toBe('closed');
  });

  it('forgets what opened it when it closes', () => {
    const { circuit, clock, callTimes } = start();
    callTimes(20, 'failure');
    clock.ms += 5_000;
    callTimes(3, 'success');
    callTimes(20, 'success');
    callTimes(1, 'failure');
    expect(circuit.state).toBe('closed');
  });

  it('closes once three calls after five seconds have succeeded, and lets no more through meanwhile', () => {
    const { circuit, clock, changes, callTimes } = start();
    callTimes(20, 'failure');
    clock.ms += 4_999;
    expect(callTimes(1, 'success')).toBe(0);
    clock.ms += 1;
    // Nobody has to call for it to be told.
    expect(circuit.state).toBe('half-open');
    const probes = [circuit.admit(), circuit.admit(), circuit.admit(), circuit.admit()];
    expect(probes.map((probe) => probe !== null)).toEqual([true, true, true, false]);
    expect(circuit.state).toBe('half-open');
    for (const probe of probes) probe?.('success');
    expect(changes).toEqual(['open', 'half-open', 'closed']);
    expect(callTimes(19, 'failure')).toBe(19);
    expect(circuit.state).toBe('closed');
  });

  it('gives the place of a probe that was given up to another one', () => {
    const { circuit, clock, callTimes } = start();
    callTimes(20, 'failure');
    clock.ms += 5_000;
    expect(callTimes(50, 'nothing')).toBe(50);
    expect(circuit.state).toBe('half-open');
    expect(callTimes(3, 'success')).toBe(3);
    expect(circuit.state).toBe('closed');
  });

  it('stays open for twice as long each time, up to half a minute, and starts anew after a recovery', () => {
    const { circuit, clock, call, callTimes } = start();
    callTimes(20, 'failure');
    const waits = [circuit.retryAfterMs];
    for (let round = 0; round < 4; round += 1) {
      clock.ms += circuit.retryAfterMs;
      expect(call('failure')).toBe(true);
      waits.push(circuit.retryAfterMs);
    }
    clock.ms += circuit.retryAfterMs;
    callTimes(3, 'success');
    callTimes(20, 'failure');
    expect([...waits, circuit.retryAfterMs]).toEqual([5_000, 10_000, 20_000, 30_000, 30_000, 5_000]);
  });

  it('does not heed what a call of an earlier state says late', () => {
    const { circuit, clock, callTimes } = start();
    const late = circuit.admit();
    callTimes(20, 'failure');
    clock.ms += 5_000;
    const lateProbe = circuit.admit();
    callTimes(1, 'failure');
    clock.ms += 10_000;
    circuit.admit();
    late?.('failure');
    lateProbe?.('failure');
    expect(circuit.state).toBe('half-open');
  });
});
