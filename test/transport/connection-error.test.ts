import { describe, expect, it } from '@jest/globals';
import { connectionError } from '../../src/transport/connection-error.js';

describe('connectionError', () => {
  it.each([
    ['ENOTFOUND', 'UPSTREAM_UNREACHABLE'],
    ['EAI_AGAIN', 'UPSTREAM_UNREACHABLE'],
    ['EHOSTUNREACH', 'UPSTREAM_UNREACHABLE'],
    ['UND_ERR_CONNECT_TIMEOUT', 'UPSTREAM_UNREACHABLE'],
    ['CERT_HAS_EXPIRED', 'UPSTREAM_UNREACHABLE'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'UPSTREAM_UNREACHABLE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'UPSTREAM_UNREACHABLE'],
    ['EPIPE', 'UPSTREAM_CONNECTION_LOST'],
    ['UND_ERR_BODY_TIMEOUT', 'UPSTREAM_TIMEOUT'],
    ['HPE_INVALID_CONSTANT', 'UPSTREAM_BAD_RESPONSE'],
    [23, 'UPSTREAM_BAD_RESPONSE'],
    [undefined, 'UPSTREAM_BAD_RESPONSE'],
  ])('names %s %s and tells nothing of the cause', (code, expected) => {
    const cause = Object.assign(new Error('connect 10.1.2.3:443 canary'), { code });
    const error = connectionError('v2', cause, false);
    expect(error).toMatchObject({ code: expected, backend: 'v2', cause });
    expect(error.message).not.toMatch(/canary|10\.1/);
    expect(connectionError('v2', cause, true).code).toBe('UPSTREAM_TIMEOUT');
  });
});
