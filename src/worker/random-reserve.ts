import { randomFillSync } from 'node:crypto';
import type { RandomBytes } from '../auth/serial-number.ts';

const RESERVE = 4096;

/**
 * Bytes of the system's secure source, drawn ahead: each draw costs as much as a tenth of a login. None is
 * given twice, and what has been given is not kept here.
 */
export function randomReserve(): RandomBytes {
  const reserve = new Uint8Array(RESERVE);
  let at = RESERVE;
  return (size) => {
    if (size > RESERVE) return randomFillSync(new Uint8Array(size));
    if (at + size > RESERVE) {
      randomFillSync(reserve);
      at = 0;
    }
    const drawn = reserve.slice(at, at + size);
    reserve.fill(0, at, at + size);
    at += size;
    return drawn;
  };
}
