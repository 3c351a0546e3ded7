// `npm run sandbox`: the three backends alone, for a gateway, or a program, that is started elsewhere.
import { startSandbox, type Sandbox } from './index.js';
import { CAST, generatePeople, type CastMember } from './people.js';

const EXIT_BAD_CONFIGURATION = 78;

/** A whole number of the environment; ends the process with a word on what is accepted. */
function wholeNumber(name: string, max: number): number | null {
  const text = process.env[name]?.trim() ?? '';
  if (text === '') return null;
  if (/^[0-9]{1,6}$/.test(text) && Number(text) <= max) return Number(text);
  console.error(`${name} must be a whole number from 0 to ${max}.`);
  process.exit(EXIT_BAD_CONFIGURATION);
}

function choosePeople(): readonly CastMember[] {
  const count = wholeNumber('PEOPLE', 100_000);
  return count === null ? CAST : generatePeople(count);
}

async function start(people: readonly CastMember[]): Promise<Sandbox> {
  const ports = {
    mind: wholeNumber('MIND_PORT', 65_535) ?? 0,
    omnivibe: wholeNumber('OMNIVIBE_PORT', 65_535) ?? 0,
    v2: wholeNumber('V2_PORT', 65_535) ?? 0,
  };
  try {
    return await startSandbox({ people, ports });
  } catch (error) {
    const { code = 'unknown', port = 0 } = error as NodeJS.ErrnoException & { port?: number };
    console.error(
      `A sandbox cannot listen on 127.0.0.1:${port} (${code}); set MIND_PORT, OMNIVIBE_PORT or V2_PORT to another port.`,
    );
    process.exit(1);
  }
}

function describe({ mind, omnivibe, v2 }: Sandbox, people: readonly CastMember[]): string {
  const somebody = people.find((person) => person.mind !== undefined)?.mind?.id ?? 1;
  const switches = new URL('/_sandbox/switches', v2.url).href;
  return `Three sandbox backends with made-up people are running:
  mind      ${mind.url}  bearer token ${mind.serviceToken}
  omnivibe  ${omnivibe.url}  account ${omnivibe.accountId}, admin token ${omnivibe.adminToken}, platform token ${omnivibe.platformToken}
  v2        ${v2.url}  apiKey ${v2.apiKey}

Start a gateway before them in another terminal (these tokens suffice; OMNIVIBE_TOKENS_FILE is not needed):

  MIND_URL=${mind.url} MIND_TOKEN=${mind.serviceToken} \\
  OMNIVIBE_URL=${omnivibe.url} OMNIVIBE_TOKEN=${omnivibe.adminToken} OMNIVIBE_ACCOUNT_ID=${omnivibe.accountId} \\
  OMNIVIBE_PLATFORM_TOKEN=${omnivibe.platformToken} \\
  V2_URL=${v2.url} V2_API_KEY=${v2.apiKey} AUTH=none npm start

With AUTH=mind instead, callers sign in with "Authorization: Bearer ${mind.tokenFor(somebody)}", or another user's id.

Switch one off, here v2, and on again:

  curl -X PUT ${switches} -d '{"reply":{"status":503}}'
  curl -X PUT ${switches} -d '[]'

Ctrl-C stops all three.`;
}

const people = choosePeople();
const sandbox = await start(people);
console.log(describe(sandbox, people));

async function stop(): Promise<void> {
  await sandbox.close();
  process.exit(0);
}
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
