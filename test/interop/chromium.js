import { execFileSync } from 'node:child_process';

/** Where Chromium is, or null. */
export const CHROMIUM = findChromium();

function findChromium() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // The next one, perhaps.
    }
  }
  return null;
}
