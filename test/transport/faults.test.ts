import { describe, expect, it } from '@jest/globals';
import { FAULTS, faultError, faultOf, isBackendFailure, retriesAfter } from '../../src/transport/faults.js';
import { GatewayError } from '../../src/errors.js';

describe('faultOf', () => {
  it.each([
    ['ECONNREFUSED', 'connect_refused', 'UPSTREAM_UNREACHABLE'],
    ['ENOTFOUND', 'dns', 'UPSTREAM_UNREACHABLE'],
    ['EAI_AGAIN', 'dns_unavailable', 'UPSTREAM_UNREACHABLE'],
    ['EHOSTUNREACH', 'connect_failed', 'UPSTREAM_UNREACHABLE'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout', 'UPSTREAM_UNREACHABLE'],
    ['CERT_HAS_EXPIRED', 'tls', 'UPSTREAM_UNREACHABLE'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'UPSTREAM_UNREACHABLE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'UPSTREAM_UNREACHABLE'],
    ['EPIPE', 'reset_headers', 'UPSTREAM_CONNECTION_LOST'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'too_large', 'UPSTREAM_RESPONSE_TOO_LARGE'],
    ['HPE_INVALID_CONSTANT', 'bad_http', 'UPSTREAM_BAD_RESPONSE'],
    [23, 'bad_http', 'UPSTREAM_BAD_RESPONSE'],
    [undefined, 'bad_http', 'UPSTREAM_BAD_RESPONSE'],
  ] as const)('names %s %s (%s) and tells nothing of the cause', (code, fault, expected) => {
    const cause = Object.assign(new Error('connect 10.1.2.3:443 canary'), { code });
    const isSent = !FAULTS[fault].code.endsWith('UNREACHABLE');
    expect(faultOf(cause, { isSent, phase: 'headers' })).toBe(fault);
    const error = faultError('v2', fault, { cause });
    expect(error).toMatchObject({ code: expected, backend: 'v2', fault, cause });
    expect(error.message).not.toMatch(/canary|10\.1/);
  });

  it('tells a connection that broke before the answer from one that broke inside it', () => {
    expect(faultOf({ code: 'ECONNRESET' }, { isSent: true, phase: 'headers' })).toBe('reset_headers');
    expect(faultOf({ code: 'ECONNRESET' }, { isSent: true, phase: 'body' })).toBe('reset_body');
  });

  it.each(['EHOSTUNREACH', 'ENETUNREACH', 'ERR_SSL_BAD_RECORD_MAC'])(
    'does not take a request for unsent whose connection broke with %s',
    (code) => {
      expect(faultOf({ code }, { isSent: true, phase: 'headers' })).toBe('reset_headers');
      expect(faultOf({ code }, { isSent: true, phase: 'body' })).toBe('reset_body');
    },
  );

  it('does not take a request for sent whose connection broke while it was made', () => {
    expect(faultOf({ code: 'ECONNRESET' }, { isSent: false, phase: 'headers' })).toBe('connect_failed');
  });
});

const answered = (
  code: 'UPSTREAM_ERROR' | 'UPSTREAM_RATE_LIMITED' | 'NOT_FOUND',
  httpStatus: number,
  more = {},
) => new GatewayError(code, 'v2: …', { backend: 'v2', httpStatus, ...more });

describe('what follows from a failure', () => {
  it.each([
    [answered('UPSTREAM_ERROR', 500), 1, true],
    [answered('UPSTREAM_ERROR', 502), 2, true],
    [answered('UPSTREAM_ERROR', 503), 1, true],
    [answered('UPSTREAM_ERROR', 504), 2, true],
    [answered('UPSTREAM_ERROR', 599), 1, true],
    // The gateway’s own credential was refused: to ask again changes nothing, and the backend is well.
    [answered('UPSTREAM_ERROR', 401), 0, false],
    [answered('UPSTREAM_RATE_LIMITED', 429), 0, false],
    [answered('UPSTREAM_RATE_LIMITED', 429, { retryAfterMs: 1_000 }), 1, false],
    [answered('NOT_FOUND', 404), 0, false],
    [new GatewayError('DEADLINE_EXCEEDED', 'given up', { backend: 'v2' }), 0, false],
  ])('%s: retries %d, speaks against the backend: %s', (error, retries, isFailure) => {
    expect([retriesAfter(error), isBackendFailure(error)]).toEqual([retries, isFailure]);
  });

  it.each(Object.entries(FAULTS))('%s is retried and judged as its row says', (fault, facts) => {
    const error = faultError('v2', fault as keyof typeof FAULTS);
    expect([retriesAfter(error), isBackendFailure(error)]).toEqual([facts.retries, facts.isFailure]);
  });
});
