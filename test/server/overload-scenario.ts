// More is asked of a gateway than it can answer: MAX_OPERATIONS at a time, each as long as Mind takes.
import { createClient, offer, quantile, saturate, type Answer } from './load.js';
import { startProgram } from './program.js';

const MAX_OPERATIONS = 16;
const LATENCY_MS = 100;
const OVERLOAD = 3;
const QUERY = '{ profile(id: "mind:42") { firstName } }';
/** So many answers in a row, and the overload is over. */
const ENOUGH = 5;

export interface OverloadFigures {
  /** Answers in a second to as many clients as there are places. */
  readonly peakPerSecond: number;
  /** Answers in a second while three times as much is asked. */
  readonly goodPerSecond: number;
  readonly offeredPerSecond: number;
  readonly refused: number;
  /** Neither answered nor refused. */
  readonly failed: number;
  /** How long an answer takes without overload, and with it. */
  readonly calmMs: { readonly p50: number; readonly p99: number };
  readonly goodMs: { readonly p50: number; readonly p99: number };
  /** How long a refusal takes in the gateway, and as its client sees it. */
  readonly refusalMs: { readonly p50: number; readonly p99: number };
  readonly refusalAtClientMs: { readonly p50: number; readonly p99: number };
  /** From the end of the overload until everybody is answered again. */
  readonly recoveryMs: number;
}

const spread = (values: readonly number[]) => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99) });
const times = (answers: readonly Answer[]) => spread(answers.map(({ tookMs }) => tookMs));

/** Finds out what a gateway can answer, and then asks three times as much of it for a while. */
export async function overload(forMs: number): Promise<OverloadFigures> {
  const program = await startProgram({ MAX_OPERATIONS: String(MAX_OPERATIONS) });
  const client = createClient(program.url);
  const ask = () => client.ask(QUERY);
  try {
    await program.switchOn('mind', { latencyMs: LATENCY_MS });
    await saturate(ask, MAX_OPERATIONS, 1_000);
    const calm = await saturate(ask, MAX_OPERATIONS, forMs / 2);
    const peakPerSecond = calm.length / (forMs / 2_000);

    await program.measure();
    const answers = await offer(ask, OVERLOAD * peakPerSecond, forMs);
    const { refusalsMs } = await program.measure();
    const endedAt = performance.now();
    for (let inARow = 0; inARow < ENOUGH;) inARow = (await ask()).status === 200 ? inARow + 1 : 0;

    const good = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 503);
    return {
      peakPerSecond,
      goodPerSecond: good.length / (forMs / 1_000),
      offeredPerSecond: answers.length / (forMs / 1_000),
      refused: refused.length,
      failed: answers.length - good.length - refused.length,
      calmMs: times(calm),
      goodMs: times(good),
      refusalMs: spread(refusalsMs),
      refusalAtClientMs: times(refused),
      // The answers in a row are themselves part of it.
      recoveryMs: performance.now() - endedAt,
    };
  } finally {
    client.close();
    program.kill('SIGKILL');
    await program.ended;
  }
}
