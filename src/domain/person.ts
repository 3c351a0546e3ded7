// One person of one operation: known by one account, the others are linked and read when something asks for them.
import { GatewayError } from '../errors.js';
import { assertMayRead } from './access.js';
import type { AccountLink } from './identity.js';
import { createPersonLinks, type LinkContext, type PersonLinks } from './person-links.js';
import {
  BACKEND_OF_PART,
  OWNERSHIP,
  type Part,
  type Parts,
  type PersonField,
  type PersonFields,
  type Source,
} from './ownership.js';
import type { Readers } from './ports.js';
import type { PresenceSources, SourceState } from './presence.js';
import type { AccountOf, AccountRef, Backend, OmnivibeDepth } from './profile.js';

/** What a read of people needs: the backends as opened for this operation, for whom, and who is linked by hand. */
export type ReadContext = LinkContext;

/** An account together with the person it belongs to. */
export type Linked<A> = A & { readonly person: Person };

export interface Person {
  /** The account that the person was found by. */
  readonly seed: AccountRef;
  /** The person's account on a backend; null when there is none, the link is not certain, or the backend takes no part. */
  ref(backend: Backend): Promise<AccountRef | null>;
  /** The account that gives the person their id. */
  anchor(): Promise<AccountRef>;
  /** As `anchor`; while a backend that would have to tell fails, the account that the person was found by, which leads to them too. */
  anchorOrSeed(): Promise<AccountRef>;
  /** Why the account on a backend belongs to the person. */
  link(backend: Backend): Promise<AccountLink>;
  /** The account as it is now; null as for `ref`, or when the backend does not know it any more. */
  account<B extends Backend>(backend: B): Promise<Linked<AccountOf[B]> | null>;
  /** A person-level field by the ownership table. */
  field<F extends PersonField>(field: F): Promise<PersonFields[F] | null>;
  /** What one place says of a field; null when the person has no account there, or it has no value. */
  read<T>(source: Source<T>): Promise<T | null>;
  /** Mind id of the person, looked up without regard to who asks. */
  mindId(): Promise<string | null>;
  /** Whether a token of the person's own is at hand for a backend that knows such tokens. */
  holdsOwnToken(backend: Backend): Promise<boolean>;
  readonly context: ReadContext;
  readonly links: PersonLinks;
  /** What came of asking each of these backends for the account; the others count as not linked. */
  sources(backends: readonly Backend[]): Promise<PresenceSources>;
}

export interface PersonOptions {
  readonly seed: AccountRef;
  /** How much of an omnivibe account the operation selects of this person. */
  readonly omnivibeDepth: OmnivibeDepth;
  /** Left out: looked up when they are needed. */
  readonly links?: PersonLinks;
}

const UNLINKED = { kind: 'unlinked' } as const;

export function createPerson(context: ReadContext, options: PersonOptions): Person {
  const { readers, caller } = context;
  const { seed, omnivibeDepth, links = createPersonLinks(context, seed) } = options;
  const accounts = new Map<Backend, Promise<unknown>>();

  const mindId = async () => (await links.linkTo('mind'))?.ref.id ?? null;

  async function ref(backend: Backend): Promise<AccountRef | null> {
    const reader = readers[backend];
    if (reader === null) return null;
    if (reader.credential === 'gateway' && !caller.isTrusted) {
      assertMayRead(caller, backend, await mindId());
    }
    // The account that the person was found by needs no looking up.
    return backend === seed.backend ? seed : ((await links.linkTo(backend))?.ref ?? null);
  }

  async function loadAccount<B extends Backend>(backend: B): Promise<Linked<AccountOf[B]> | null> {
    const reader = readers[backend];
    const own = await ref(backend);
    if (reader === null || own === null) return null;
    const account = (await reader.accountById(own.id, omnivibeDepth)) as AccountOf[B] | null;
    // Not a copy: a field that the backend sent nonsense in must throw when it is read, not now.
    return account === null
      ? null
      : (Object.create(account, { person: { value: person } }) as Linked<AccountOf[B]>);
  }

  function account<B extends Backend>(backend: B): Promise<Linked<AccountOf[B]> | null> {
    const loaded =
      (accounts.get(backend) as Promise<Linked<AccountOf[B]> | null> | undefined) ?? loadAccount(backend);
    accounts.set(backend, loaded);
    return loaded;
  }

  async function part(name: Part): Promise<Parts[Part] | null> {
    switch (name) {
      case 'desk':
      case 'rawData': {
        const own = await ref(BACKEND_OF_PART[name]);
        return own === null ? null : readPart(readers, name, own.id);
      }
      default:
        return account(name);
    }
  }

  async function read<T>(source: Source<T>): Promise<T | null> {
    const own = await part(source.part);
    return own === null ? null : source.read(own);
  }

  async function source<B extends Backend>(backend: B): Promise<SourceState<AccountOf[B]>> {
    try {
      const own = await account(backend);
      return own === null ? { kind: 'unlinked' } : { kind: 'answered', account: own };
    } catch (error) {
      if (error instanceof GatewayError) return { kind: 'failed' };
      throw error;
    }
  }

  const person: Person = {
    seed,
    context,
    links,
    ref,
    read,
    mindId,

    async holdsOwnToken(backend) {
      const own = backend === 'omnivibe' ? await ref('omnivibe') : null;
      return own !== null && (await readers.omnivibe?.holdsTokenOf(own.id)) === true;
    },

    anchor: () => links.anchor(),

    async anchorOrSeed() {
      try {
        return await links.anchor();
      } catch (error) {
        if (error instanceof GatewayError) return seed;
        throw error;
      }
    },

    account,

    async link(backend) {
      const link = await links.linkTo(backend);
      if (link === null) throw new TypeError(`no account on ${backend}`);
      return link.link;
    },

    async field<F extends PersonField>(field: F) {
      for (const source of OWNERSHIP[field].read as readonly Source<PersonFields[F]>[]) {
        const value = await read(source);
        if (value !== null) return value;
      }
      return null;
    },

    async sources(backends) {
      const ask = <B extends Backend>(backend: B) =>
        backends.includes(backend) ? source(backend) : UNLINKED;
      const [mind, omnivibe, v2] = await Promise.all([ask('mind'), ask('omnivibe'), ask('v2')]);
      return { mind, omnivibe, v2 };
    },
  };
  return person;
}

/** A part of an account, whoever it belongs to. */
export async function readPart(
  readers: Readers,
  part: Part,
  id: string,
  omnivibeDepth: OmnivibeDepth = 'listed',
): Promise<Parts[Part] | null> {
  switch (part) {
    case 'desk':
      return (await readers.v2?.deskSettings(id)) ?? null;
    case 'rawData':
      return (await readers.mind?.rawData(id)) ?? null;
    default:
      return (await readers[part]?.accountById(id, omnivibeDepth)) ?? null;
  }
}
