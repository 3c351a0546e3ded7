// `npx tsx scripts/soak.ts`: five rounds of 2,000 mixed requests to a gateway whose backends fail now and then; prints what is left of
// them. Takes about a minute.
import { soak } from '../test/faults/soak.js';

const ROUNDS = 5;
const REQUESTS = 2_000;
const MIB = 1024 * 1024;

const figures = await soak(ROUNDS, REQUESTS);
const { heapBytes, resourcesBefore, resourcesAfter, faults } = figures;
const [first = 0, ...rounds] = heapBytes;
const goals = {
  'what lives has grown by less than 3 MiB': (rounds.at(-1) ?? 0) - first < 3 * MIB,
  'it has not gone on growing': rounds.some((bytes, i) => bytes - (heapBytes[i] ?? 0) < MIB / 10),
  'sockets, timers and the like are as at the start': Object.entries(resourcesAfter).every(
    ([kind, count]) => count <= (resourcesBefore[kind] ?? 0),
  ),
  'nothing was the gateway’s own fault': faults === 0,
};
process.stdout.write(`${JSON.stringify({ figures, goals }, null, 2)}\n`);
process.exitCode = Object.values(goals).every(Boolean) ? 0 : 1;
