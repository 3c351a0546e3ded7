// The three stand-ins together, on loopback, filled from one cast.
import { startMindSandbox, type MindSandbox } from './mind/index.js';
import { startOmnivibeSandbox, type OmnivibeSandbox } from './omnivibe/index.js';
import { CAST, type CastMember } from './people.js';
import { startV2Sandbox, type V2Sandbox } from './v2/index.js';

export interface Sandbox {
  readonly mind: MindSandbox;
  readonly omnivibe: OmnivibeSandbox;
  readonly v2: V2Sandbox;
  /** Everything as at the start: people, ledgers, switches. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts all three, each on a free port of 127.0.0.1. */
export async function startSandbox(people: readonly CastMember[] = CAST): Promise<Sandbox> {
  const [mind, omnivibe, v2] = await Promise.all([
    startMindSandbox(people),
    startOmnivibeSandbox(people),
    startV2Sandbox(people),
  ]);
  const all = [mind, omnivibe, v2];
  return {
    mind,
    omnivibe,
    v2,
    reset() {
      for (const backend of all) backend.reset();
    },
    async close() {
      await Promise.all(all.map((backend) => backend.close()));
    },
  };
}
