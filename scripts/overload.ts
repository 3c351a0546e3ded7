// `npx tsx scripts/overload.ts`: asks three times as much of a gateway as it can answer, for ten seconds, and prints what came of it.
import { overload } from '../test/server/overload-scenario.js';

const FOR_MS = 10_000;

const figures = await overload(FOR_MS);
const { peakPerSecond, goodPerSecond, failed, refusalMs, recoveryMs } = figures;
const goals = {
  'at least 80 % of the peak is answered': goodPerSecond >= 0.8 * peakPerSecond,
  'everybody else is refused': failed === 0,
  '99 of 100 refusals take at most 5 ms in the gateway': refusalMs.p99 <= 5,
  'it has recovered within 2 s': recoveryMs <= 2_000,
};
process.stdout.write(`${JSON.stringify({ figures, goals }, null, 2)}\n`);
process.exitCode = Object.values(goals).every(Boolean) ? 0 : 1;
