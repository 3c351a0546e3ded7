import type { Switches } from '../core/switches.js';

/** What the Mind sandbox can be told to do differently. */
export interface MindSwitches extends Switches {
  /** What a partial `settings` does to the keys it leaves out; merge unless told. */
  readonly settingsPatch?: 'merge' | 'replace';
  /** An old installation: `userIds[]` has no effect. */
  readonly withoutUserIds?: boolean;
  /** GET /profiles answers the bare list instead of the envelope. */
  readonly listShape?: 'array';
  /** GET /profiles never answers more rows than this, whatever `limit` asks for. */
  readonly listLimitCap?: number;
}
