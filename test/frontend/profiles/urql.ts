import { cacheExchange, Client, fetchExchange } from '@urql/core';

export function createUrqlClient(url: string, token: () => string | null): Client {
  return new Client({
    url,
    exchanges: [cacheExchange, fetchExchange],
    preferGetMethod: false, // the gateway takes POST only
    fetchOptions: () => {
      const current = token();
      return current === null ? {} : { headers: { authorization: `Bearer ${current}` } };
    },
  });
}
