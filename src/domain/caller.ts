// What the accounts of a caller's own say of the caller: which Mind user they are, and whether a token of theirs is theirs.
import { GatewayError } from '../errors.js';
import type { Caller } from './access.js';
import type { Problem } from './outcome.js';
import { createPersonLinks, type LinkContext } from './person-links.js';
import { formatRef, type AccountRef } from './profile.js';
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

/**
 * Why the caller may write nothing with what they sent: an omnivibe token that is certainly somebody else's. Null when it
 * is the caller's, when none was sent, and when it cannot be told whose it is.
 */
export async function tokenProblem({ readers, caller, linkRules }: LinkContext): Promise<Problem | null> {
  if (caller.mindUserId === null) return null;
  const self: AccountRef = { backend: 'mind', id: caller.mindUserId };
  const account = (await readers.omnivibe?.callersAccount().catch(nullIfFailed)) ?? null;
  if (account === null) return null;
  // Without the caller's own proof, which would make the account theirs whoever else's it is.
  const stranger = { readers, linkRules, caller: { ...caller, mindUserId: null } };
  const isOthers = async () => {
    const owner = await mindUserOf(stranger, account);
    return owner !== null && owner.id !== self.id;
  };
  if (!linkRules.isApart(self, account) && !(await isOthers())) return null;
  const message = `The token sent as x-omnivibe-token is that of ${formatRef(account)}, who is somebody else than ${formatRef(self)}. Nothing was written.`;
  return { code: 'FORBIDDEN', message };
}

async function mindUserOf(context: LinkContext, account: AccountRef): Promise<AccountRef | null> {
  const link = await createPersonLinks(context, account).linkTo('mind').catch(nullIfFailed);
  return link?.ref ?? null;
}

function nullIfFailed(error: unknown): null {
  if (error instanceof GatewayError) return null;
  throw error;
}

/** What every write and every plan of one answers when nothing of it may be done. */
export type RefusedWrite = WriteResult & BulkResult & UpdatePlan;

export function refusedWrite(problem: Problem): RefusedWrite {
  return { ...rejected(problem, null, 'omnivibe'), results: [], version: null };
}
