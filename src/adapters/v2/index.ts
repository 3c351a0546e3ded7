import type { V2Reader, V2Writer } from '../../domain/ports.js';
import type { DeskStatus } from '../../domain/profile.js';
import type { CallScope } from '../../transport/call-scope.js';
import {
  createUpstream,
  type UpstreamMonitor,
  type UpstreamSettings,
} from '../../transport/upstream-client.js';
import { createAccountIndex } from '../account-index.js';
import { lazy } from '../lazy.js';
import { createV2Client } from './client.js';
import { createV2Reader } from './loaders.js';
import { createV2Writer } from './writer.js';

export interface V2Options {
  /** Host root; `/api/v2/user` is added. */
  readonly url: string;
  readonly apiKey: string;
  /** The installation's statuses, which no endpoint lists. */
  readonly deskStatuses: readonly DeskStatus[];
  readonly timeoutMs: number;
  readonly upstream?: UpstreamSettings;
  readonly now?: () => number;
}

/** v2, opened for one operation. */
export interface V2Session {
  readonly reader: V2Reader;
  readonly writer: () => V2Writer;
}

export interface V2Adapter {
  /** Reads and writes for one operation, with the gateway's own key. */
  open(scope: CallScope): V2Session;
  readonly upstreams: readonly UpstreamMonitor[];
  close(): Promise<void>;
}

/** The adapter of the Omnidesk v2 user API. */
export function createV2Adapter(options: V2Options): V2Adapter {
  const { url: baseUrl, timeoutMs } = options;
  const upstream = createUpstream({ ...options.upstream, backend: 'v2', baseUrl, timeoutMs });
  const client = createV2Client(upstream, options.apiKey);
  const index = createAccountIndex(options.now);
  const { deskStatuses } = options;
  const catalogue = new Map(deskStatuses.map((status) => [status.id, status]));
  return {
    open: (scope) => ({
      reader: createV2Reader({ client, index, scope, catalogue, deskStatuses }),
      writer: lazy(() => createV2Writer(client, scope)),
    }),
    upstreams: [upstream],
    close: () => upstream.close(),
  };
}
