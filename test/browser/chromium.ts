// The installed Chromium or Chrome, with its network cable out: it reaches 127.0.0.1 and resolves no other name.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const ON_A_MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Throws an error that says what to install, as a test that is left out would go unnoticed. */
function findChromium(): string {
  const named = process.env['CHROME_PATH'] ?? '';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).concat(ON_A_MAC);
  const found = named === '' ? places.find((place) => existsSync(place)) : named;
  if (found !== undefined) return found;
  throw new Error(
    'The browser tests need Chromium or Chrome: install it (Debian: apt-get install chromium), or set CHROME_PATH to its program.',
  );
}

const CHROMIUM = findChromium();

/** `hosts` are the names that it finds nevertheless, and where: `{ 'app.example.com': '127.0.0.1:8443' }`. */
export function startChromium(hosts: Readonly<Record<string, string>> = {}): Promise<Browser> {
  const rules = [
    ...Object.entries(hosts).map(([name, place]) => `MAP ${name} ${place}`),
    'MAP * ~NOTFOUND',
    'EXCLUDE 127.0.0.1',
  ];
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      `--host-resolver-rules=${rules.join(', ')}`,
      // It runs as root in containers; what it opens is this repository's own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
