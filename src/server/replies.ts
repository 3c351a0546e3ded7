// Everything that is sent to a client, other than the answers of operations, is written here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERROR_CODES, GatewayError, REQUEST_ERROR_CODES, type ErrorCode } from '../errors.js';

/** A request that is refused before it becomes an operation. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly code: keyof typeof REQUEST_ERROR_CODES;

  constructor(status: number, code: keyof typeof REQUEST_ERROR_CODES, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Answers a request that has failed as a whole; true when that is a fault of the gateway itself. */
export function refuse(res: ServerResponse, error: unknown, requestId: string): boolean {
  const isForeseen = error instanceof RequestRefused || error instanceof GatewayError;
  if (res.headersSent || res.destroyed) {
    const isFault = !isForeseen && !res.destroyed;
    res.destroy();
    return isFault;
  }
  if (error instanceof RequestRefused) {
    sendRefusal(res, error.status, error.code, error.message, requestId);
  } else if (error instanceof GatewayError) {
    if (error.code === 'UNAUTHENTICATED') res.setHeader('www-authenticate', 'Bearer');
    if (error.retryAfterMs !== undefined) res.setHeader('retry-after', Math.ceil(error.retryAfterMs / 1_000));
    const status = error.code === 'UNAUTHENTICATED' ? 401 : 503;
    sendRefusal(res, status, error.code, error.message, requestId);
  } else {
    const message = 'The gateway has failed. The request id finds the reason in its log.';
    sendRefusal(res, 500, 'INTERNAL_SERVER_ERROR', message, requestId);
  }
  return !isForeseen;
}

/** Answers GET and HEAD; throws RequestRefused for other methods. */
export function sendText(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  type: string,
  text: string,
): void {
  assertMethod(req, res, ['GET', 'HEAD']);
  res.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }).end(text);
}

/** Throws RequestRefused, and names the methods that the path takes. */
export function assertMethod(req: IncomingMessage, res: ServerResponse, methods: readonly string[]): void {
  if (methods.includes(req.method ?? '')) return;
  const allowed = methods.join(', ');
  res.setHeader('allow', allowed);
  throw new RequestRefused(405, 'METHOD_NOT_ALLOWED', `This path takes ${allowed} only.`);
}

function sendRefusal(
  res: ServerResponse,
  status: number,
  code: ErrorCode | keyof typeof REQUEST_ERROR_CODES,
  message: string,
  requestId: string,
): void {
  const body = refusalBody(code, message, requestId);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  res.writeHead(status, headers).end(body);
}

/** The JSON text that answers a refused request. */
export function refusalBody(
  code: ErrorCode | keyof typeof REQUEST_ERROR_CODES,
  message: string,
  requestId: string,
): string {
  const { retryable } = { ...ERROR_CODES, ...REQUEST_ERROR_CODES }[code];
  return JSON.stringify({ errors: [{ message, extensions: { code, retryable, requestId } }] });
}
