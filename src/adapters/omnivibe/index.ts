import type { OmnivibeReader, OmnivibeWriter } from '../../domain/ports.js';
import { normalizeEmail } from '../../domain/profile.js';
import type { CallScope } from '../../transport/call-scope.js';
import {
  createUpstream,
  type UpstreamMonitor,
  type UpstreamSettings,
} from '../../transport/upstream-client.js';
import { createAccountIndex } from '../account-index.js';
import { lazy } from '../lazy.js';
import { createOmnivibeClient } from './client.js';
import { createOmnivibeInstallation, createOmnivibeLoaders, type OmnivibeCredentials } from './loaders.js';
import { createOmnivibeWriter, needsOwnToken } from './writer.js';

export interface OmnivibeOptions {
  /** E.g. `https://app.omnivibe.com.br`. */
  readonly url: string;
  /** Where the platform API is served; the vendor documents another host for it. */
  readonly platformUrl: string;
  /** An administrator's token and account, for the agent list; both or neither. */
  readonly token: string | null;
  readonly accountId: string | null;
  readonly platformToken: string | null;
  /** Tokens to act for people, by address. */
  readonly userTokens: Readonly<Record<string, string>>;
  readonly tokenHeader: string;
  readonly timeoutMs: number;
  readonly upstream?: UpstreamSettings;
  readonly now?: () => number;
}

/** omnivibe, opened for one operation. */
export interface OmnivibeSession {
  readonly reader: OmnivibeReader;
  readonly writer: () => OmnivibeWriter;
}

export interface OmnivibeAdapter {
  /** Null when neither the caller nor the gateway has a credential. */
  open(scope: CallScope, callersToken: string | null): OmnivibeSession | null;
  readonly upstreams: readonly UpstreamMonitor[];
  close(): Promise<void>;
}

/** The adapter of omnivibe. */
export function createOmnivibeAdapter(options: OmnivibeOptions): OmnivibeAdapter {
  const { timeoutMs, platformUrl } = options;
  const common = { ...options.upstream, backend: 'omnivibe', timeoutMs };
  const app = createUpstream({ ...common, baseUrl: options.url });
  const platform =
    platformUrl === options.url
      ? app
      : createUpstream({ ...common, name: 'omnivibe-platform', baseUrl: platformUrl });
  const client = createOmnivibeClient({ app, platform }, options.tokenHeader);
  const credentials: OmnivibeCredentials = {
    list:
      options.token !== null && options.accountId !== null
        ? { token: options.token, accountId: options.accountId }
        : null,
    platformToken: options.platformToken,
    userTokens: new Map(
      Object.entries(options.userTokens).map(([email, token]) => [normalizeEmail(email), token] as const),
    ),
  };
  const installation = createOmnivibeInstallation(createAccountIndex(options.now));
  const hasCredential =
    credentials.list !== null || credentials.platformToken !== null || credentials.userTokens.size > 0;

  return {
    open(scope, callersToken) {
      const hasCallersToken = callersToken !== null;
      if (!hasCredential && !hasCallersToken) return null;
      const loaders = createOmnivibeLoaders({
        client,
        installation,
        scope,
        credentials,
        callersToken,
        needsOwnToken: (field) => needsOwnToken(credentials, field),
      });
      return {
        reader: loaders.reader,
        writer: lazy(() => createOmnivibeWriter({ client, scope, credentials, hasCallersToken, loaders })),
      };
    },
    upstreams: platform === app ? [app] : [app, platform],
    async close() {
      await app.close();
      if (platform !== app) await platform.close();
    },
  };
}
