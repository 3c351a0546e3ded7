// What the accounts of a caller's own say of the caller.
import type { Caller } from './access.js';
import type { Problem } from './outcome.js';
import { mindUserOf } from './callers-token.js';
import type { LinkContext } from './person-links.js';
import type { AccountRef } from './profile.js';
import type { BulkResult, UpdatePlan } from './update-profiles.js';
import { rejected, type WriteResult } from './write-profiles.js';

/**
 * The caller as the Mind user whom their own account belongs to. While that cannot be found out they are nobody's self, and
 * may do what their permissions allow.
 */
export async function asMindUser(context: LinkContext, account: AccountRef | null): Promise<Caller> {
  const { caller } = context;
  if (account === null || account.backend === 'mind') return caller;
  return { ...caller, mindUserId: (await mindUserOf(context, account))?.id ?? null };
}

/** What every write and every plan of one answers when nothing of it may be done. */
export type RefusedWrite = WriteResult & BulkResult & UpdatePlan;

export function refusedWrite(problem: Problem): RefusedWrite {
  return { ...rejected(problem, null, 'omnivibe'), results: [], version: null };
}
