// What resolvers get of one request: whose it is, the backends as it may use them, and how it writes.
import type { IncomingMessage } from 'node:http';
import type { OperationTypeNode, GraphQLFormattedError } from 'graphql';
import type { Adapters, CallersCredentials } from '../adapters/index.js';
import type { Config } from '../config.js';
import { asMindUser, refusedWrite, type RefusedWrite } from '../domain/caller.js';
import { tokenProblem } from '../domain/callers-token.js';
import type { LinkMemory } from '../domain/link-memory.js';
import type { BackendOutcome } from '../domain/outcome.js';
import type { ReadContext } from '../domain/person.js';
import type { WriteContext } from '../domain/write-profiles.js';
import type { GraphQLContext, UpstreamBill, Viewer } from '../graphql/context.js';
import type { Authenticated } from './authenticate.js';
import type { Observation } from './observation.js';
import type { Operation } from './operation.js';

/** What all requests have in common. */
export interface Surroundings {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly linkMemory: LinkMemory;
  readonly isRouterTrusted: (req: IncomingMessage) => boolean;
  readonly onSettled: (outcome: BackendOutcome) => void;
}

/** What is known of one request when its operation is run. */
export interface RequestFacts {
  readonly req: IncomingMessage;
  readonly operation: Operation;
  readonly observation: Observation;
  readonly isLarge: boolean;
}

export async function createRequestContext(
  surroundings: Surroundings,
  facts: RequestFacts,
  { caller: proven, viewer, credential }: Authenticated,
): Promise<GraphQLContext> {
  const { adapters, config, linkMemory } = surroundings;
  const credentials = { mind: credential, omnivibe: omnivibeToken(facts.req) };
  const { readers } = adapters.open(facts.operation, credentials);
  const { linkRules } = config;
  const account = viewer?.account ?? null;
  const caller = await asMindUser({ readers, linkRules, linkMemory, caller: proven }, account);
  const read = { readers, linkRules, linkMemory, caller };
  return new RequestContext(surroundings, facts, credentials, viewer, read);
}

/** A user token of the caller's own; a malformed one is refused when it is used. */
function omnivibeToken({ headers }: IncomingMessage): string | null {
  const token = headers['x-omnivibe-token'];
  return typeof token === 'string' && token !== '' ? token : null;
}

// A class with getters: what most requests do not use is made for those that do. Apollo copies it, and a copy has no `#` members.
class RequestContext implements GraphQLContext {
  readonly read: ReadContext;
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly isLarge: boolean;
  private readonly surroundings: Surroundings;
  private readonly facts: RequestFacts;
  private readonly credentials: CallersCredentials;

  constructor(
    surroundings: Surroundings,
    facts: RequestFacts,
    credentials: CallersCredentials,
    viewer: Viewer | null,
    read: ReadContext,
  ) {
    this.read = read;
    this.viewer = viewer;
    this.requestId = facts.operation.requestId;
    this.isLarge = facts.isLarge;
    this.surroundings = surroundings;
    this.facts = facts;
    this.credentials = credentials;
  }

  get versionKey(): Buffer {
    return this.surroundings.config.versionKey;
  }

  get isRouterTrusted(): boolean {
    return this.surroundings.isRouterTrusted(this.facts.req);
  }

  get plan(): GraphQLContext['plan'] {
    return (work) => this.run(work);
  }

  get write(): GraphQLContext['write'] {
    const { operation } = this.facts;
    const { bulkTimeoutMs, requestTimeoutMs } = this.surroundings.config;
    return (extent, work) => {
      operation.extendTo(extent === 'many' ? bulkTimeoutMs : 2 * requestTimeoutMs);
      return operation.unbudgeted(() => this.run(work));
    };
  }

  private async run<T>(work: (context: WriteContext) => Promise<T>): Promise<T | RefusedWrite> {
    const { adapters, onSettled } = this.surroundings;
    const { operation } = this.facts;
    const open = () => adapters.open(operation, this.credentials);
    const { readers, writers } = open();
    const read = { ...this.read, readers };
    const problem = await tokenProblem(read);
    const result =
      problem === null
        ? await work({ read, writers, reopen: () => open().readers, onSettled, versionKey: this.versionKey })
        : refusedWrite(problem);
    // What is refused does not wait for what was read for it.
    await operation.settled();
    return result;
  }

  settled(): Promise<void> {
    return this.facts.operation.settled();
  }

  onAnswer(type: OperationTypeNode | null, errors: readonly GraphQLFormattedError[]): void {
    this.facts.observation.answer(type, errors);
  }

  bill(): UpstreamBill | null {
    return this.maySeeBill() ? this.facts.operation.bill() : null;
  }

  private maySeeBill(): boolean {
    if (!this.surroundings.config.isProduction) return true;
    const { isTrusted, permissions } = this.read.caller;
    const mayReadAnybody = isTrusted || permissions.has('readAnyUserProfile');
    return mayReadAnybody && this.facts.req.headers['x-upstream-bill'] === '1';
  }
}
