// One person of one operation: known by one account, the others are linked and read when something asks for them.
import { GatewayError } from '../errors.js';
import { assertMayRead, mayRead } from './access.js';
import { after, afterWith, orElse, Outcome, type Eventual } from './eventual.js';
import type { AccountLink, LinkedRef } from './identity.js';
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

/** What is at hand is answered at once, and throws at once: see eventual.ts. */
export interface Person {
  /** The account that the person was found by. */
  readonly seed: AccountRef;
  readonly context: ReadContext;
  readonly links: PersonLinks;
  /** The person's account on a backend; null when there is none, the link is not certain, or the backend takes no part. */
  ref(backend: Backend): Eventual<AccountRef | null>;
  /** The account that gives the person their id. */
  anchor(): Eventual<AccountRef>;
  /** As `anchor`; while a backend that would have to tell fails, the account that the person was found by, which leads to them too. */
  anchorOrSeed(): Eventual<AccountRef>;
  /** Why the account on a backend belongs to the person. */
  link(backend: Backend): Eventual<AccountLink>;
  /** The account as it is now; null as for `ref`, or when the backend does not know it any more. */
  account<B extends Backend>(backend: B): Eventual<AccountOf[B] | null>;
  /** A person-level field by the ownership table. */
  field<F extends PersonField>(field: F): Eventual<PersonFields[F] | null>;
  /** What one place says of a field; null when the person has no account there, or it has no value. */
  read<T>(source: Source<T>): Eventual<T | null>;
  /** Mind id of the person, looked up without regard to who asks. */
  mindId(): Eventual<string | null>;
  /** Whether a token of the person's own is at hand for a backend that knows such tokens. */
  holdsOwnToken(backend: Backend): Promise<boolean>;
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
  return new LinkedPerson(context, options);
}

class LinkedPerson implements Person {
  readonly seed: AccountRef;
  readonly context: ReadContext;
  readonly #omnivibeDepth: OmnivibeDepth;
  readonly #accounts: Partial<Record<Backend, Outcome<AccountOf[Backend] | null>>> = {};
  #refs: Partial<Record<Backend, Eventual<AccountRef | null>>> | undefined;
  #links: PersonLinks | undefined;

  constructor(context: ReadContext, { seed, omnivibeDepth, links }: PersonOptions) {
    this.seed = seed;
    this.context = context;
    this.#omnivibeDepth = omnivibeDepth;
    this.#links = links;
  }

  get links(): PersonLinks {
    return (this.#links ??= createPersonLinks(this.context, this.seed));
  }

  mindId(): Eventual<string | null> {
    return after(this.links.linkTo('mind'), (link) => link?.ref.id ?? null);
  }

  ref(backend: Backend): Eventual<AccountRef | null> {
    const { readers, caller } = this.context;
    const reader = readers[backend];
    if (reader === null) return null;
    // Whose account it is matters only where not everybody's may be read.
    if (reader.credential === 'caller' || mayRead(caller, null)) return this.#refOn(backend);
    return this.#refIfReadable(backend);
  }

  #refIfReadable(backend: Backend): Eventual<AccountRef | null> {
    return after(this.mindId(), (mindId) => {
      assertMayRead(this.context.caller, backend, mindId);
      return this.#refOn(backend);
    });
  }

  #refOn(backend: Backend): Eventual<AccountRef | null> {
    // The account that the person was found by needs no looking up.
    if (backend === this.seed.backend) return this.seed;
    // Several fields ask.
    const refs = (this.#refs ??= {});
    let ref = refs[backend];
    if (ref === undefined) refs[backend] = ref = after(this.links.linkTo(backend), refOf);
    return ref;
  }

  anchor(): Eventual<AccountRef> {
    return this.links.anchor();
  }

  anchorOrSeed(): Eventual<AccountRef> {
    return orElse(
      () => this.links.anchor(),
      (error) => {
        if (error instanceof GatewayError) return this.seed;
        throw error;
      },
    );
  }

  link(backend: Backend): Eventual<AccountLink> {
    return after(this.links.linkTo(backend), (link) => {
      if (link === null) throw new TypeError(`no account on ${backend}`);
      return link.link;
    });
  }

  account<B extends Backend>(backend: B): Eventual<AccountOf[B] | null> {
    const account = (this.#accounts[backend] ??= this.#startLoading(backend));
    return account.read() as Eventual<AccountOf[B] | null>;
  }

  #startLoading(backend: Backend): Outcome<AccountOf[Backend] | null> {
    return new Outcome(() => this.#loadAccount(backend));
  }

  #loadAccount(backend: Backend): Eventual<AccountOf[Backend] | null> {
    const reader = this.context.readers[backend];
    return after(this.ref(backend), (own) =>
      own === null || reader === null
        ? null
        : (reader.accountById(own.id, this.#omnivibeDepth) as Eventual<AccountOf[Backend] | null>),
    );
  }

  field<F extends PersonField>(field: F): Eventual<PersonFields[F] | null> {
    return this.#firstOf(OWNERSHIP[field].read, 0);
  }

  #firstOf<T>(sources: readonly Source<T>[], index: number): Eventual<T | null> {
    const source = sources[index];
    if (source === undefined) return null;
    const value = this.read(source);
    if (value instanceof Promise) return this.#firstLater(value, sources, index);
    return value ?? this.#firstOf(sources, index + 1);
  }

  #firstLater<T>(value: Promise<T | null>, sources: readonly Source<T>[], index: number): Promise<T | null> {
    return value.then((value) => value ?? this.#firstOf(sources, index + 1));
  }

  read<T>(source: Source<T>): Eventual<T | null> {
    return afterWith(this.#part(source.part), source, readFrom);
  }

  #part(name: Part): Eventual<Parts[Part] | null> {
    switch (name) {
      case 'desk':
      case 'rawData':
        return this.#ownPart(name);
      default:
        return this.account(name);
    }
  }

  #ownPart(name: 'desk' | 'rawData'): Eventual<Parts[Part] | null> {
    return after(this.ref(BACKEND_OF_PART[name]), (own) =>
      own === null ? null : readPart(this.context.readers, name, own.id),
    );
  }

  async holdsOwnToken(backend: Backend): Promise<boolean> {
    const own = backend === 'omnivibe' ? await this.ref('omnivibe') : null;
    return own !== null && (await this.context.readers.omnivibe?.holdsTokenOf(own.id)) === true;
  }

  async sources(backends: readonly Backend[]): Promise<PresenceSources> {
    const ask = <B extends Backend>(backend: B) =>
      backends.includes(backend) ? this.#source(backend) : UNLINKED;
    const [mind, omnivibe, v2] = await Promise.all([ask('mind'), ask('omnivibe'), ask('v2')]);
    return { mind, omnivibe, v2 };
  }

  async #source<B extends Backend>(backend: B): Promise<SourceState<AccountOf[B]>> {
    try {
      const own = await this.account(backend);
      return own === null ? UNLINKED : { kind: 'answered', account: own };
    } catch (error) {
      if (error instanceof GatewayError) return { kind: 'failed' };
      throw error;
    }
  }
}

/**
 * Reads accounts of people of one operation with one wait, ahead of who asks for them; what fails says so again where it is
 * asked for.
 */
export function readAhead(
  people: readonly Person[],
  {
    backends,
    omnivibeDepth,
  }: { readonly backends: Iterable<Backend>; readonly omnivibeDepth: OmnivibeDepth },
): Eventual<unknown> {
  const pending: Promise<unknown>[] = [];
  for (const backend of backends) {
    const ids: string[] = [];
    for (const person of people) {
      const ref = orElse(() => person.ref(backend), nothing);
      if (ref instanceof Promise) pending.push(ref.then(() => person.account(backend)).catch(nothing));
      else if (ref !== null) ids.push(ref.id);
    }
    const reader = people[0]?.context.readers[backend];
    if (reader != null && ids.length > 0) pending.push(reader.readAhead(ids, omnivibeDepth));
  }
  return pending.length > 1 ? Promise.all(pending) : pending[0];
}

function refOf(link: LinkedRef | null): AccountRef | null {
  return link?.ref ?? null;
}

function readFrom<T>(part: Parts[Part] | null, source: Source<T>): T | null {
  return part === null ? null : source.read(part);
}

function nothing(): null {
  return null;
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
