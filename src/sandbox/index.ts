// The three stand-ins together, on loopback, filled from one cast.
import { startMindSandbox, type MindSandbox } from './mind/index.js';
import { startOmnivibeSandbox, type OmnivibeSandbox } from './omnivibe/index.js';
import { CAST, type CastMember } from './people.js';
import { startV2Sandbox, type V2Sandbox } from './v2/index.js';

export interface Sandbox {
  readonly mind: MindSandbox;
  readonly omnivibe: OmnivibeSandbox;
  readonly v2: V2Sandbox;
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly people?: readonly CastMember[];
  /** Each on 127.0.0.1; 0 takes any free one. */
  readonly ports?: { readonly mind: number; readonly omnivibe: number; readonly v2: number };
}

const ANY_FREE = { mind: 0, omnivibe: 0, v2: 0 };

/** Starts all three. */
export async function startSandbox({
  people = CAST,
  ports = ANY_FREE,
}: SandboxOptions = {}): Promise<Sandbox> {
  const [mind, omnivibe, v2] = await Promise.all([
    startMindSandbox(people, ports.mind),
    startOmnivibeSandbox(people, ports.omnivibe),
    startV2Sandbox(people, ports.v2),
  ]);
  return {
    mind,
    omnivibe,
    v2,
    async close() {
      await Promise.all([mind, omnivibe, v2].map((backend) => backend.close()));
    },
  };
}
