// Whether the omnivibe token that a caller sends along is theirs.
import { GatewayError } from '../errors.js';
import { orElse, Outcome, type Eventual } from './eventual.js';
import type { Problem } from './outcome.js';
import { createPersonLinks, type LinkContext } from './person-links.js';
import { formatRef, type AccountRef } from './profile.js';

const asked = new WeakMap<LinkContext, Outcome<Problem | null>>();

/**
 * Why the caller may write nothing with what they sent: an omnivibe token that is certainly somebody else's. Null when it
 * is the caller's, when none was sent, and when it cannot be told whose it is. Found out once.
 */
export function tokenProblem(context: LinkContext): Eventual<Problem | null> {
  let found = asked.get(context);
  if (found === undefined) asked.set(context, (found = new Outcome(() => findProblem(context))));
  return found.read();
}

async function findProblem({ readers, caller, linkRules }: LinkContext): Promise<Problem | null> {
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

/** The Mind user whom an account belongs to; null when that cannot be found out. */
export async function mindUserOf(context: LinkContext, account: AccountRef): Promise<AccountRef | null> {
  const link = await orElse(() => createPersonLinks(context, account).linkTo('mind'), nullIfFailed);
  return link?.ref ?? null;
}

function nullIfFailed(error: unknown): null {
  if (error instanceof GatewayError) return null;
  throw error;
}
