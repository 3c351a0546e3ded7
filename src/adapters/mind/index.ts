import type { MindReader, MindWriter } from '../../domain/ports.js';
import { GatewayError } from '../../errors.js';
import type { CallScope } from '../../transport/call-scope.js';
import {
  createUpstream,
  type UpstreamMonitor,
  type UpstreamSettings,
} from '../../transport/upstream-client.js';
import { createAccountIndex } from '../account-index.js';
import { lazy } from '../lazy.js';
import { createMindClient, type MindCredential } from './client.js';
import { createMindReader, type MindInstallation } from './loaders.js';
import { createMindWriter, type SettingsPatch } from './writer.js';

export type { MindCredential } from './client.js';
export { credentialKey } from './credential-key.js';

export interface MindOptions {
  /** E.g. `https://demo.enneo.ai/api/mind`. */
  readonly url: string;
  /** The gateway's own service-worker key; used to sweep addresses, and to read where the caller sends no credential. */
  readonly token: string | null;
  /** IANA zone of Mind's dates, which carry none. */
  readonly timeZone: string;
  readonly settingsPatch: SettingsPatch;
  readonly timeoutMs: number;
  readonly upstream?: UpstreamSettings;
  readonly now?: () => number;
}

/** A caller as Mind knows them. */
export interface MindCaller {
  readonly id: string;
  readonly permissions: readonly string[];
}

/** Mind, opened for one operation. */
export interface MindSession {
  readonly reader: MindReader;
  readonly writer: () => MindWriter;
}

export interface MindAdapter {
  /** Null when neither the caller nor the gateway has a credential. */
  open(scope: CallScope, callersCredential: MindCredential | null): MindSession | null;
  /** Asks Mind whose credential it is. Throws UNAUTHENTICATED when it is nobody's. */
  identify(scope: CallScope, credential: MindCredential): Promise<MindCaller>;
  readonly upstreams: readonly UpstreamMonitor[];
  close(): Promise<void>;
}

/** The adapter of enneo Mind. */
export function createMindAdapter(options: MindOptions): MindAdapter {
  const now = options.now ?? Date.now;
  const { url: baseUrl, timeoutMs } = options;
  const upstream = createUpstream({ ...options.upstream, backend: 'mind', baseUrl, timeoutMs });
  const client = createMindClient(upstream);
  const installation: MindInstallation = {
    index: createAccountIndex(now),
    withoutUserIdsUntil: 0,
    uncappedUntil: 0,
  };
  const own: MindCredential | null =
    options.token === null
      ? null
      : { headers: { authorization: `Bearer ${options.token}` }, isCallers: false };

  return {
    open(scope, callers) {
      const credential = callers ?? own;
      const sweepCredential = own ?? callers;
      if (credential === null || sweepCredential === null) return null;
      const { timeZone, settingsPatch } = options;
      return {
        reader: createMindReader({ client, installation, scope, credential, sweepCredential, timeZone, now }),
        writer: lazy(() => createMindWriter({ client, scope, credential, settingsPatch })),
      };
    },

    async identify(scope, credential) {
      const { id, permissions } = await client.fetchCaller(scope, credential);
      if (id === null) {
        const message = 'mind: the answer does not say whose credential it is.';
        throw new GatewayError('UPSTREAM_BAD_RESPONSE', message, { backend: 'mind' });
      }
      return { id, permissions: permissions ?? [] };
    },

    upstreams: [upstream],
    close: () => upstream.close(),
  };
}
