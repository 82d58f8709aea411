import { execFileSync } from 'node:child_process';
import { isInstalled } from './peer-target.ts';
import { PEERS, type PeerName } from './peers.ts';

/**
 * Builds or downloads peers, once.
 * @param say told what is done, and what failed
 * @returns whether all are there now
 */
export function installPeers(names: readonly PeerName[], say: (text: string) => void): boolean {
  for (const name of names) {
    try {
      for (const { file, args, cwd } of PEERS[name].install) {
        say(`${name}: ${[file, ...args].join(' ')}`);
        execFileSync(file, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
      }
      say(`${name}: installed`);
    } catch (error) {
      say(`${name}: not installed: ${(error as Error).message}`);
    }
  }
  return names.every(isInstalled);
}
