// All adapters behind one door; a backend that is added to the domain and not here does not compile.
import type { Backend } from '../domain/profile.js';
import type { Readers, Writers } from '../domain/ports.js';
import type { CallScope } from '../transport/call-scope.js';
import type { UpstreamMonitor } from '../transport/upstream-client.js';
import { lazy } from './lazy.js';
import {
  createMindAdapter,
  type MindAdapter,
  type MindCredential,
  type MindOptions,
  type MindSession,
} from './mind/index.js';
import {
  createOmnivibeAdapter,
  type OmnivibeAdapter,
  type OmnivibeOptions,
  type OmnivibeSession,
} from './omnivibe/index.js';
import { createV2Adapter, type V2Adapter, type V2Options, type V2Session } from './v2/index.js';

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
      const sessions = {
        mind: lazy(() => mind?.open(scope, callers.mind) ?? null),
        omnivibe: lazy(() => omnivibe?.open(scope, callers.omnivibe) ?? null),
        v2: lazy(() => v2?.open(scope) ?? null),
      };
      return { readers: new LazyReaders(sessions), writers: new LazyWriters(sessions) };
    },
    upstreams: [mind, omnivibe, v2].flatMap((adapter) => adapter?.upstreams ?? []),
    async close() {
      await Promise.all([mind, omnivibe, v2].map(async (adapter) => adapter?.close()));
    },
  };
}

/** Backends that are opened when somebody asks for them: most operations ask some, and write nothing. */
interface Sessions {
  readonly mind: () => MindSession | null;
  readonly omnivibe: () => OmnivibeSession | null;
  readonly v2: () => V2Session | null;
}

class LazyReaders implements Readers {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  get mind() {
    return this.#sessions.mind()?.reader ?? null;
  }

  get omnivibe() {
    return this.#sessions.omnivibe()?.reader ?? null;
  }

  get v2() {
    return this.#sessions.v2()?.reader ?? null;
  }
}

class LazyWriters implements Writers {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  get mind() {
    return this.#sessions.mind()?.writer() ?? null;
  }

  get omnivibe() {
    return this.#sessions.omnivibe()?.writer() ?? null;
  }

  get v2() {
    return this.#sessions.v2()?.writer() ?? null;
  }
}
