// AUTH=jwt. Who asks, as the issuer of a JWT has signed it. The token is checked here and goes no further.
import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import type { JwtSettings } from '../config.js';
import { formatRef, parseRef, type AccountRef } from '../domain/profile.js';
import { GatewayError } from '../errors.js';
import { createKeySet } from '../transport/key-set.js';
import { bearerToken, type Authenticate, type Authenticated } from './authenticate.js';

/** A public key must never pass for a shared secret, so each kind of key has its own algorithms; `none` is in neither list. */
const BY_SECRET = ['HS256', 'HS384', 'HS512'];
const BY_KEY_SET = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const CLOCK_TOLERANCE_SECONDS = 30;
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

export interface JwtAuthenticationOptions extends JwtSettings {
  /** For reading the keys, where they are published. */
  readonly timeoutMs: number;
  /** Told of keys that cannot be read or used, which callers cannot mend. */
  readonly report: (error: GatewayError) => void;
  readonly now?: () => number;
}

/** Checks the token, and remembers its claims under a hash of it for at most a minute, and never beyond its end. */
export function createJwtAuthentication(options: JwtAuthenticationOptions): Authenticate {
  const { report, now = Date.now } = options;
  const verify = createVerification(options, now);
  const remembered = new LRUCache<string, { readonly until: number; readonly authenticated: Authenticated }>({
    max: MAX_REMEMBERED,
  });
  return async (headers) => {
    const token = bearerToken(headers);
    if (token === null) throw new GatewayError('UNAUTHENTICATED', 'Send "Authorization: Bearer <JWT>".');
    const key = createHash('sha256').update(token).digest('base64url');
    const known = remembered.get(key);
    if (known !== undefined && now() < known.until) return known.authenticated;
    const claims = await verify(token).catch((error: unknown) => {
      const failure = failureOf(error);
      if (failure.code !== 'UNAUTHENTICATED') report(failure);
      throw failure;
    });
    const authenticated = read(claims);
    const until = Math.min(now() + REMEMBERED_MS, (claims.exp ?? 0) * 1_000);
    remembered.set(key, { until, authenticated });
    return authenticated;
  };
}

function createVerification(options: JwtAuthenticationOptions, now: () => number) {
  const { key, issuer, audience, timeoutMs } = options;
  const { keyFor, algorithms } =
    'secret' in key
      ? { keyFor: secretKey(key.secret), algorithms: BY_SECRET }
      : { keyFor: createKeySet(key.jwksUrl, timeoutMs), algorithms: BY_KEY_SET };
  return async (token: string): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(token, keyFor, {
      algorithms,
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now()),
      ...(issuer !== null && { issuer }),
      ...(audience !== null && { audience }),
    });
    return payload;
  };
}

function secretKey(secret: string): JWTVerifyGetKey {
  const bytes = new TextEncoder().encode(secret);
  return () => bytes;
}

function read({ sub, profile, permissions }: JWTPayload): Authenticated {
  const account = profile == null ? null : readProfile(profile);
  const subject = typeof sub === 'string' && sub !== '' ? sub : account && formatRef(account);
  if (subject === null) {
    throw new GatewayError('UNAUTHENTICATED', 'The token names nobody: it has neither "sub" nor "profile".');
  }
  const caller = {
    mindUserId: account?.backend === 'mind' ? account.id : null,
    permissions: new Set(readPermissions(permissions)),
    isTrusted: false,
  };
  return { caller, viewer: { subject, account }, credential: null };
}

/** A list that is not one of texts alone gives nothing: half of it could mean something else than the whole. */
function readPermissions(claim: unknown): readonly string[] {
  const isList = Array.isArray(claim) && claim.every((each) => typeof each === 'string');
  return isList ? claim : [];
}

function readProfile(claim: unknown): AccountRef {
  const ref = typeof claim === 'string' ? parseRef(claim) : null;
  if (ref !== null) return ref;
  throw new GatewayError('UNAUTHENTICATED', 'The token’s claim "profile" is not an id such as mind:42.');
}

/** What is wrong with a token, from the most to the least special. */
const FAULTS: readonly (readonly [kind: new (...args: never[]) => Error, message: string])[] = [
  [errors.JWTExpired, 'The token has expired; get a new one.'],
  [errors.JWSSignatureVerificationFailed, 'The token’s signature is not right.'],
  [errors.JWKSNoMatchingKey, 'The token is signed with a key that its issuer does not publish.'],
  [errors.JWKSMultipleMatchingKeys, 'The token does not say which key it is signed with: it has no "kid".'],
  [errors.JOSEAlgNotAllowed, 'The token is signed with an algorithm that is not taken.'],
  [errors.JOSENotSupported, 'The token is signed in a way that is not taken.'],
  [errors.JWSInvalid, 'The token is not a signed JWT.'],
  [errors.JWTInvalid, 'The token is not a signed JWT.'],
];

/** Repeats nothing of the token. */
function failureOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof errors.JWTClaimValidationFailed) {
    const message = `The token’s claim "${error.claim}" is missing or not the one that is expected.`;
    return new GatewayError('UNAUTHENTICATED', message, { cause: error });
  }
  const [, message] = FAULTS.find(([kind]) => error instanceof kind) ?? [];
  if (message !== undefined) return new GatewayError('UNAUTHENTICATED', message, { cause: error });
  return new GatewayError('UPSTREAM_BAD_RESPONSE', 'The keys that tokens are checked with cannot be used.', {
    cause: error,
  });
}
