// What a document must be before the gateway spends anything on it: no larger than the limits, and, where only trusted
// documents are taken, one of those.
import { createHash } from 'node:crypto';
import { GraphQLError, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphQLRequest, ReceivedRequest } from './graphql-request.js';
import type { Logger } from './logging.js';
import { findExcess, PARSE_LIMITS } from './operation-limits.js';
import { RequestRefused } from './replies.js';
import { createTrustedDocuments, type DocumentManifest, type TrustedDocuments } from './trusted-documents.js';

/** Throws RequestRefused (400) for what is not let in. */
export type DocumentGate = (request: ReceivedRequest, requestId: string) => GraphQLRequest;

export interface DocumentGateOptions {
  /** Null: every document is trusted. */
  readonly trusted: {
    readonly manifest: DocumentManifest;
    /** Whether others are refused, or logged and run. */
    readonly isEnforced: boolean;
  } | null;
  readonly logger: Logger;
}

/** Characters of documents that were let in; the same ones come again and again. */
const MAX_REMEMBERED = 5_000_000;

export function createDocumentGate({ trusted, logger }: DocumentGateOptions): DocumentGate {
  const documents = trusted === null ? null : createTrustedDocuments(trusted.manifest);
  const remembered = new LRUCache<string, { readonly isTrusted: boolean }>({
    maxSize: MAX_REMEMBERED,
    sizeCalculation: (_known, query) => query.length,
  });

  return ({ query: sent, documentId, operationName, variables }, requestId) => {
    const query = sent ?? textOf(documentId, documents);
    let known = remembered.get(query) ?? null;
    if (known === null) {
      known = inspect(query, documents);
      // What cannot be parsed is not remembered: it is refused further on, by who can say what is wrong with it.
      if (known !== null) remembered.set(query, known);
    }
    if (documents !== null && known?.isTrusted !== true) {
      const hash = createHash('sha256').update(query).digest('hex');
      if (trusted?.isEnforced === true) throw notTrusted(`with the sha256 ${hash} `);
      logger.warn({ requestId, sha256: hash }, 'a document ran that is not among the trusted ones');
    }
    return { query, operationName, variables };
  };
}

function inspect(query: string, documents: TrustedDocuments | null): { readonly isTrusted: boolean } | null {
  let document;
  try {
    document = parse(query, { ...PARSE_LIMITS, noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const limit = /contains more tha[nt] \d+ (tokens|comments)/.exec(error.message);
    if (limit === null) return null;
    const max = limit[1] === 'comments' ? PARSE_LIMITS.maxComments : PARSE_LIMITS.maxLexicalTokens;
    const message = `The document has more than ${max.toLocaleString('en')} ${limit[1] ?? ''}, which is all that is taken.`;
    throw new RequestRefused(400, 'MAX_TOKENS_LIMIT', message);
  }
  const excess = findExcess(document);
  if (excess !== null) throw new RequestRefused(400, excess.code, excess.message);
  return { isTrusted: documents?.has(query) ?? true };
}

function textOf(id: string | null, documents: TrustedDocuments | null): string {
  if (documents === null || id === null) {
    throw new RequestRefused(400, 'BAD_REQUEST', 'This is not a GraphQL request: "query" must be text.');
  }
  const text = documents.textOf(id);
  if (text === null) throw notTrusted('of this id ');
  return text;
}

function notTrusted(which: string): RequestRefused {
  const message = `The document ${which}is not among the trusted ones, and no others are taken here.`;
  return new RequestRefused(400, 'DOCUMENT_NOT_TRUSTED', message);
}
