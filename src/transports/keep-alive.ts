/** Keep-alive finds the peers that vanished without a word: first probe after this many milliseconds of silence. */
const INITIAL_DELAY = 30_000;

/** As options of a `net.Server`. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: INITIAL_DELAY };

/**
 * Whether what a listener accepts has its keep-alive, as on Linux [tcp(7), socket(7)]: told once there, it costs no
 * connection the four system calls of its own.
 */
export const LISTENER_KEEPS_ALIVE = process.platform === 'linux';

/** A handle of Node's; that of a Unix socket has no keep-alive. */
export interface KeepsAlive {
  setKeepAlive?: (on: boolean, seconds: number) => number;
}

/** Has connections that a listener accepts be kept alive, where that is how it is done. */
export function keepAliveFrom(handle: KeepsAlive): void {
  if (LISTENER_KEEPS_ALIVE) handle.setKeepAlive?.(true, INITIAL_DELAY / 1_000);
}
