import type { Framing } from './connection.ts';

/**
 * Each message after its length, 4 octets big-endian. For connections whose real frames are made
 * further down (compressed or masked WebSocket) or not at all (memory).
 */
export const LENGTH_FRAMING: Framing = {
  maxHeader: 4,
  maxMessage: 2 ** 32 - 1,
  headerLength: () => 4,
  writeHeader(out: Buffer, at: number, messageLength: number): void {
    out.writeUInt32BE(messageLength, at);
  },
};
