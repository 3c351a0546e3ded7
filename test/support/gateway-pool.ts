import { startTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.js';

/** Gateways side by side, each with sandboxes of its own, for many short stories that mostly wait. */
export interface GatewayPool {
  /** Runs work on every item, each on a gateway of its own whose sandboxes are as at the start; in order of the items. */
  map<T, R>(items: readonly T[], work: (gateway: TestGateway, item: T) => Promise<R>): Promise<R[]>;
  close(): Promise<void>;
}

export async function startGatewayPool(size: number, options: TestGatewayOptions): Promise<GatewayPool> {
  const gateways = await Promise.all(Array.from({ length: size }, () => startTestGateway(options)));
  return {
    async map<T, R>(items: readonly T[], work: (gateway: TestGateway, item: T) => Promise<R>) {
      const results: R[] = [];
      // One iterator for all: whoever is free takes the next item.
      const left = items.entries();
      // A story that fails must not be left by others that are still being told.
      const ends = await Promise.allSettled(
        gateways.map(async (gateway) => {
          for (const [i, item] of left) {
            for (const sandbox of [gateway.mind, gateway.omnivibe, gateway.v2]) sandbox.reset();
            results[i] = await work(gateway, item);
          }
        }),
      );
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      return results;
    },
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.close()));
    },
  };
}
