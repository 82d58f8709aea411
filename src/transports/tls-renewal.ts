import { promises as fs } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { Clock, Timer } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { EndpointError, reasonOf } from './endpoint-error.ts';
import { readTlsFiles, type TlsFiles, tlsPaths } from './tls-files.ts';

/**
 * How often the files are looked at, in milliseconds. Looking, instead of being told, works on all file
 * systems, for symbolic links that are replaced, and for whole directories that are.
 */
const INTERVAL = 5_000;

export interface RenewalPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Takes the new files for the connections to come. */
  readonly apply: (options: SecureContextOptions) => void;
}

/**
 * Keeps the certificate of a listener up to date: when its files have changed, and stand still, they are
 * read anew. Files that cannot be used, such as half of a renewal, change nothing but the log.
 */
export class TlsRenewal {
  readonly #files: TlsFiles;
  readonly #ports: RenewalPorts;
  /** What the files looked like when they were last read, and when they were last looked at. */
  #tried: string | null = null;
  #seen: string | null = null;
  #timer: Timer | null = null;
  #stopped = false;
  /** One at a time. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(files: TlsFiles, ports: RenewalPorts) {
    this.#files = files;
    this.#ports = ports;
  }

  /** Reads the files for the first time. @throws EndpointError where they cannot be used */
  async start(): Promise<SecureContextOptions> {
    this.#tried = await this.#look();
    this.#seen = this.#tried;
    const { options, warnings } = await readTlsFiles(this.#files);
    for (const warning of warnings) this.#ports.log.warn(warning);
    this.#wait();
    return options;
  }

  /** Reads the files now, changed or not. Never rejects. @returns whether they are in use */
  reload(): Promise<boolean> {
    const reading = this.#reading.then(() => this.#read());
    this.#reading = reading;
    return reading;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#timer = this.#ports.clock.setTimer(() => {
      void this.#poll().finally(() => this.#wait());
    }, INTERVAL);
  }

  /** Files that look as they did the last time are complete, as far as one can tell. */
  async #poll(): Promise<void> {
    const seen = await this.#look();
    const settled = seen === this.#seen;
    this.#seen = seen;
    if (settled && seen !== this.#tried) await this.reload();
  }

  async #read(): Promise<boolean> {
    if (this.#stopped) return false;
    const { log, apply } = this.#ports;
    const { certificate } = this.#files;
    try {
      // Before they are read: what changes meanwhile is seen the next time.
      this.#tried = await this.#look();
      const { options, warnings } = await readTlsFiles(this.#files);
      apply(options);
      log.info('the TLS files have been read anew', { certificate });
      for (const warning of warnings) log.warn(warning);
      return true;
    } catch (error) {
      const reason = error instanceof EndpointError ? error.message : reasonOf(error);
      log.error('the TLS files cannot be used, so the ones read before stay in use', { reason });
      return false;
    }
  }

  async #look(): Promise<string> {
    const looks = tlsPaths(this.#files).map(async (path) => {
      try {
        const { dev, ino, size, mtimeMs } = await fs.stat(path);
        return `${dev} ${ino} ${size} ${mtimeMs}`;
      } catch {
        return 'gone';
      }
    });
    return (await Promise.all(looks)).join('\n');
  }
}
