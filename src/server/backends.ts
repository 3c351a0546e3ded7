// Where each backend is found: the vendor's, as configured, or a sandbox that is started here.
import type { AdapterOptions } from '../adapters/index.js';
import type { Config } from '../config.js';
import type { Backend } from '../domain/profile.js';
import { startMindSandbox, type MindSandbox } from '../sandbox/mind/index.js';
import { startOmnivibeSandbox, type OmnivibeSandbox } from '../sandbox/omnivibe/index.js';
import { CAST, V2_STATUSES, type CastMember } from '../sandbox/people.js';
import { startV2Sandbox, type V2Sandbox } from '../sandbox/v2/index.js';
import type { UpstreamSettings } from '../transport/upstream-client.js';

export interface Sandboxes {
  readonly mind: MindSandbox | null;
  readonly omnivibe: OmnivibeSandbox | null;
  readonly v2: V2Sandbox | null;
}

export interface JoinedBackends {
  readonly options: AdapterOptions;
  /** The sandboxes that were started. */
  readonly sandboxes: Sandboxes;
  /** For the people who start the gateway; a disabled backend is left out. */
  readonly described: readonly { readonly name: string; readonly url: string; readonly isSandbox: boolean }[];
  /** Stops the sandboxes. */
  close(): Promise<void>;
}

/** Starts a sandbox for every backend that is set to one, and gives each adapter its options. */
export async function joinBackends(
  config: Config,
  people: readonly CastMember[] = CAST,
  settings: UpstreamSettings = {},
): Promise<JoinedBackends> {
  const { mind, omnivibe, v2 } = config.backends;
  const timeoutMs = config.upstreamTimeoutMs;
  const mindSandbox = mind === 'sandbox' ? await startMindSandbox(people) : null;
  const omnivibeSandbox = omnivibe === 'sandbox' ? await startOmnivibeSandbox(people) : null;
  const v2Sandbox = v2 === 'sandbox' ? await startV2Sandbox(people) : null;

  const mindSettings =
    mindSandbox === null ? remote(mind) : { url: mindSandbox.url, token: mindSandbox.serviceToken };
  const omnivibeSettings =
    omnivibeSandbox === null
      ? remote(omnivibe)
      : {
          url: omnivibeSandbox.url,
          platformUrl: omnivibeSandbox.url,
          token: omnivibeSandbox.adminToken,
          accountId: String(omnivibeSandbox.accountId),
          platformToken: omnivibeSandbox.platformToken,
          userTokens: omnivibeSandbox.userTokens,
        };
  const v2Settings = v2Sandbox === null ? remote(v2) : { url: v2Sandbox.url, apiKey: v2Sandbox.apiKey };
  const sandboxStatuses = V2_STATUSES.map((status) => ({ ...status, id: String(status.id) }));
  const deskStatuses = config.deskStatuses ?? (v2Sandbox === null ? [] : sandboxStatuses);

  const common = (backend: Backend) => {
    const { limits, ...others } = settings;
    const ratePerSecond = config.ratesPerSecond[backend];
    return { timeoutMs, upstream: { ...others, limits: { ratePerSecond, ...limits } } };
  };
  const options: AdapterOptions = {
    mind: mindSettings && {
      ...mindSettings,
      timeZone: config.mindTimeZone,
      settingsPatch: config.mindSettingsPatch,
      ...common('mind'),
    },
    omnivibe: omnivibeSettings && {
      ...omnivibeSettings,
      tokenHeader: config.omnivibeTokenHeader,
      ...common('omnivibe'),
    },
    v2: v2Settings && { ...v2Settings, deskStatuses, ...common('v2') },
  };
  return {
    options,
    sandboxes: { mind: mindSandbox, omnivibe: omnivibeSandbox, v2: v2Sandbox },
    described: [
      { name: 'mind', url: mindSettings?.url, isSandbox: mindSandbox !== null },
      { name: 'omnivibe', url: omnivibeSettings?.url, isSandbox: omnivibeSandbox !== null },
      { name: 'v2', url: v2Settings?.url, isSandbox: v2Sandbox !== null },
    ].flatMap(({ url, ...rest }) => (url === undefined ? [] : [{ ...rest, url }])),
    async close() {
      await Promise.all([mindSandbox, omnivibeSandbox, v2Sandbox].map(async (sandbox) => sandbox?.close()));
    },
  };
}

function remote<S>(setting: S | 'sandbox' | 'disabled'): S | null {
  return setting === 'sandbox' || setting === 'disabled' ? null : setting;
}
