import type { IncomingMessage } from 'node:http';
import { excessOfJson, flawOf } from './json-limits.js';
import { RequestRefused } from './replies.js';

const MIB = 1024 * 1024;
/** Of a mutation: pictures and bulks are large. */
const MAX_BODY_BYTES = 4 * MIB;
/** Of anything else. */
const MAX_QUERY_BYTES = MIB;
/** Levels of objects and lists, the body's own one included. */
/** A bulk of 1,000 updates that patch everything holds some 50,000 values. */
const LIMITS = { levels: 32, values: 100_000 };

export interface JsonBody {
  readonly value: unknown;
  /** Whether only a mutation may be so large. */
  readonly isLarge: boolean;
}
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON body of a request. Throws RequestRefused: 415 other media, 413 over 4 MiB, 400 what is no JSON or not to be taken. */
export async function readJsonBody(req: IncomingMessage): Promise<JsonBody> {
  const [mediaType = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  const isJson = mediaType.trim() === 'application/json';
  if (!isJson || (charset !== undefined && !/^charset="?utf-8"?$/.test(charset))) {
    throw new RequestRefused(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json in UTF-8.');
  }
  if (req.headers['content-encoding'] !== undefined) {
    throw new RequestRefused(415, 'UNSUPPORTED_MEDIA_TYPE', 'Compressed request bodies are not taken.');
  }
  const bytes = await readBytes(req);
  const excess = excessOfJson(bytes, LIMITS);
  if (excess !== null) {
    const limit = LIMITS[excess].toLocaleString('en');
    throw new RequestRefused(400, 'BAD_REQUEST', `The body has more than ${limit} ${excess}.`);
  }
  const value = parseJson(bytes);
  const flaw = flawOf(value);
  if (flaw !== null) throw new RequestRefused(400, 'BAD_REQUEST', `The body ${flaw}.`);
  return { value, isLarge: bytes.length > MAX_QUERY_BYTES };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    throw new RequestRefused(400, 'BAD_REQUEST', 'The body is not JSON in UTF-8.');
  }
}

function readBytes(req: IncomingMessage): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      // It goes on being read: a client that is still sending reads no answer from a connection that stands still.
      else reject(tooLarge());
    });
    req.on('end', () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    req.on('error', reject);
  });
}

function tooLarge(): RequestRefused {
  return new RequestRefused(413, 'PAYLOAD_TOO_LARGE', `The body exceeds ${MAX_BODY_BYTES} bytes.`);
}
