import { expect, it, jest } from '@jest/globals';
import { EndSignal } from '../../src/transport/end-signal.js';

const reason = new Error('out of time');

it('tells everybody who still listens, once, and gives the first reason', () => {
  const signal = new EndSignal();
  const [told, gone] = [jest.fn(), jest.fn()];
  signal.onAbort(told);
  signal.onAbort(gone);
  signal.offAbort(gone);
  expect([signal.aborted, signal.listeners]).toEqual([false, 1]);
  signal.abort(() => reason);
  signal.abort(() => new Error('too late'));
  expect(told).toHaveBeenCalledTimes(1);
  expect(gone).not.toHaveBeenCalled();
  expect([signal.aborted, signal.listeners]).toEqual([true, 0]);
  expect(signal.reason).toBe(reason);
  expect([signal.isReason(reason), signal.isReason(new Error('another'))]).toEqual([true, false]);
  expect(() => {
    signal.throwIfAborted();
  }).toThrow(reason);
});

it('makes its reason when it is asked for, and one only', () => {
  const signal = new EndSignal();
  const why = jest.fn(() => new Error('out of time'));
  signal.abort(why);
  expect(why).not.toHaveBeenCalled();
  expect(signal.reason).toBe(signal.reason);
  expect(why).toHaveBeenCalledTimes(1);
});

it.each(['before', 'after'])('is an AbortSignal for who asks for one %s the end', (when) => {
  const signal = new EndSignal();
  const early = when === 'before' ? signal.abortSignal : null;
  expect(early?.aborted ?? false).toBe(false);
  signal.abort(() => reason);
  const { abortSignal } = signal;
  expect(abortSignal.reason).toBe(reason);
  expect(early ?? abortSignal).toBe(abortSignal);
});
