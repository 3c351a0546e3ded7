// All adapters behind one door; a backend that is added to the domain and not here does not compile.
import type { Backend } from '../domain/profile.js';
import type { Readers, Writers } from '../domain/ports.js';
import type { CallScope } from '../transport/call-scope.js';
import type { UpstreamMonitor } from '../transport/upstream-client.js';
import { createMindAdapter, type MindAdapter, type MindCredential, type MindOptions } from './mind/index.js';
import { createOmnivibeAdapter, type OmnivibeAdapter, type OmnivibeOptions } from './omnivibe/index.js';
import { createV2Adapter, type V2Adapter, type V2Options } from './v2/index.js';

export { onDrift } from './drift.js';
export type { MindCredential } from './mind/index.js';

/** The options of each backend; null for one that takes no part. */
export interface AdapterOptions extends Record<Backend, object | null> {
  readonly mind: MindOptions | null;
  readonly omnivibe: OmnivibeOptions | null;
  readonly v2: V2Options | null;
}

/** Backend credentials of the caller's own; each goes to its backend only. */
export interface CallersCredentials {
  readonly mind: MindCredential | null;
  /** A user token of omnivibe. */
  readonly omnivibe: string | null;
}

export interface Adapters {
  readonly mind: MindAdapter | null;
  readonly omnivibe: OmnivibeAdapter | null;
  readonly v2: V2Adapter | null;
  /** The backends as one operation uses them, with what the caller sent along. Readers have read nothing yet. */
  open(
    scope: CallScope,
    callers: CallersCredentials,
  ): { readonly readers: Readers; readonly writers: Writers };
  /** Those of all backends. */
  readonly upstreams: readonly UpstreamMonitor[];
  close(): Promise<void>;
}

export function createAdapters(options: AdapterOptions): Adapters {
  const mind = options.mind === null ? null : createMindAdapter(options.mind);
  const omnivibe = options.omnivibe === null ? null : createOmnivibeAdapter(options.omnivibe);
  const v2 = options.v2 === null ? null : createV2Adapter(options.v2);
  return {
    mind,
    omnivibe,
    v2,
    open(scope, callers) {
      const opened = {
        mind: mind?.open(scope, callers.mind),
        omnivibe: omnivibe?.open(scope, callers.omnivibe),
        v2: v2?.open(scope),
      };
      return {
        readers: {
          mind: opened.mind?.reader ?? null,
          omnivibe: opened.omnivibe?.reader ?? null,
          v2: opened.v2?.reader ?? null,
        },
        writers: {
          mind: opened.mind?.writer ?? null,
          omnivibe: opened.omnivibe?.writer ?? null,
          v2: opened.v2?.writer ?? null,
        },
      };
    },
    upstreams: [mind, omnivibe, v2].flatMap((adapter) => adapter?.upstreams ?? []),
    async close() {
      await Promise.all([mind, omnivibe, v2].map(async (adapter) => adapter?.close()));
    },
  };
}
