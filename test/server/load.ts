// Clients in numbers, for gateways in processes of their own.
import { Agent, request } from 'node:http';

export interface Answer {
  /** 0: none, since the connection failed. */
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

export type Client = (query: string) => Promise<Answer>;

/** A client that keeps its connections. */
export function createClient(url: string): { readonly ask: Client; readonly close: () => void } {
  const agent = new Agent({ keepAlive: true });
  const headers = { 'content-type': 'application/json' };
  return {
    ask(query) {
      const startedAt = performance.now();
      return new Promise((resolve) => {
        const end = (status: number, text: string) => {
          resolve({ status, text, tookMs: performance.now() - startedAt });
        };
        const req = request(`${url}/graphql`, { method: 'POST', agent, headers }, (res) => {
          let text = '';
          res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          res.once('end', () => {
            end(res.statusCode ?? 0, text);
          });
          res.once('error', (error) => {
            end(0, error.message);
          });
        });
        req.once('error', (error) => {
          end(0, error.message);
        });
        req.end(JSON.stringify({ query }));
      });
    },
    close() {
      agent.destroy();
    },
  };
}

/** Asks again and again, `clients` at a time; what was answered within the time. */
export async function saturate(
  ask: () => Promise<Answer>,
  clients: number,
  forMs: number,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const until = performance.now() + forMs;
  const client = async () => {
    while (performance.now() < until) answers.push(await ask());
  };
  await Promise.all(Array.from({ length: clients }, client));
  return answers;
}

/** Asks at a rate, whatever the answers take; resolves with all of them. */
export async function offer(ask: () => Promise<Answer>, perSecond: number, forMs: number): Promise<Answer[]> {
  const asked: Promise<Answer>[] = [];
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = Math.min(performance.now() - startedAt, forMs);
      while (asked.length < (elapsedMs * perSecond) / 1_000) asked.push(ask());
      if (elapsedMs < forMs) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  return Promise.all(asked);
}

/** The value that a share of all values does not exceed, such as 0.99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}
