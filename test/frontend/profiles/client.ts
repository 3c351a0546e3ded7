import { ApolloClient, ApolloLink, HttpLink, ServerError } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { from, mergeMap } from 'rxjs';
import { createCache } from './cache.js';
import { refusalsOf } from './problems.js';

// One backend's failure is no reason to show nothing: data and errors come together.
declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: 'all';
      }
      interface Query {
        errorPolicy: 'all';
      }
      interface Mutate {
        errorPolicy: 'all';
      }
    }
  }
}

export interface ProfilesClientOptions {
  /** Such as `https://profiles.example.com/graphql`. */
  readonly url: string;
  /** The caller's token, asked for before each request; null sends none. */
  readonly token: () => string | null;
  /** Called when the token was not accepted; resolves once `token` has a better one, rejects when there is none. */
  readonly renewToken: () => Promise<void>;
}

const MAX_ATTEMPTS = 4;
const SECOND_MS = 1_000;

export function createProfilesClient({ url, token, renewToken }: ProfilesClientOptions): ApolloClient {
  // What was refused was not run, so even a mutation can be sent again.
  const retry = new RetryLink({
    attempts: (attempt, _operation, error) =>
      attempt < MAX_ATTEMPTS && refusalsOf(error).some(({ retryable }) => retryable),
    delay: (_attempt, _operation, error) => waitMs(error),
  });

  // One renewal serves all who wait for it, and those whose token has been renewed meanwhile.
  let renewing: Promise<void> | null = null;
  const renew = new ErrorLink(({ error, operation, forward }) => {
    if (!ServerError.is(error) || error.statusCode !== 401) return;
    const { sentToken } = operation.getContext() as { readonly sentToken?: string };
    if (sentToken !== undefined && sentToken !== token()) return forward(operation);
    renewing ??= renewToken().finally(() => (renewing = null));
    return from(renewing).pipe(mergeMap(() => forward(operation)));
  });

  const authorize = new SetContextLink(() => {
    const sentToken = token();
    return sentToken === null ? {} : { sentToken, headers: { authorization: `Bearer ${sentToken}` } };
  });

  // Asked for JSON of this type, Apollo Client makes a ServerError of whatever is refused as a whole.
  const send = new HttpLink({ uri: url, headers: { accept: 'application/json' } });

  return new ApolloClient({
    link: ApolloLink.from([retry, renew, authorize, send]),
    cache: createCache(),
    defaultOptions: {
      query: { errorPolicy: 'all' },
      watchQuery: { errorPolicy: 'all', fetchPolicy: 'cache-and-network' },
      mutate: { errorPolicy: 'all' },
    },
  });
}

/** As long as the gateway asks to wait, and up to as long again, so that not everybody comes back at once. */
function waitMs(error: unknown): number {
  const seconds = ServerError.is(error) ? Number(error.response.headers.get('retry-after')) : 0;
  return (seconds || 1) * SECOND_MS * (1 + Math.random());
}
