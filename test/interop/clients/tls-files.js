import { readFileSync } from 'node:fs';

/** What Node.js connects with, of files: the authority, and the client's own certificate and key, where it shows one. */
export function readTls(files) {
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readFileSync(file)]));
}
