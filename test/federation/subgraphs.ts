// Subgraphs of other teams, whose tickets and calls name people. Of a person they hold nothing but the id in their own system.
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import type { Subgraph } from './composition.js';

export interface RunningSubgraph extends Subgraph {
  close(): Promise<void>;
}

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

/** Tickets are assigned to users of Mind. */
const TICKETS = `
  ${FEDERATION}

  type Query {
    tickets: [Ticket!]!
  }

  type Ticket @key(fields: "id") {
    id: ID!
    subject: String!
    assignee: Profile
  }

  type Profile @key(fields: "mindUserId", resolvable: false) {
    mindUserId: ID
  }
`;

/** Calls are taken by users of the v2 desk. */
const CALLS = `
  ${FEDERATION}

  type Query {
    calls: [Call!]!
  }

  type Call @key(fields: "id") {
    id: ID!
    agent: Profile
  }

  type Profile @key(fields: "id", resolvable: false) {
    id: ID!
  }
`;

const SUBJECTS = ['The invoice is wrong', 'No dial tone', 'Please call back', 'A new contract'];

/** One ticket for each Mind user id. */
export function startTickets(assignees: () => readonly string[]): Promise<RunningSubgraph> {
  const toTicket = (mindUserId: string, i: number) => ({
    id: `T-${i + 1}`,
    subject: SUBJECTS[i % SUBJECTS.length],
    assignee: { mindUserId },
  });
  return start('tickets', TICKETS, { tickets: () => assignees().map(toTicket) });
}

/** One call for each id of a profile, such as `v2:17`. */
export function startCalls(agents: () => readonly string[]): Promise<RunningSubgraph> {
  const toCall = (id: string, i: number) => ({ id: `C-${i + 1}`, agent: { id } });
  return start('calls', CALLS, { calls: () => agents().map(toCall) });
}

async function start(name: string, sdl: string, query: Record<string, () => unknown>) {
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: { Query: query } }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  return { name, url, sdl, close: () => server.stop() };
}
