let viewed: Uint8Array | null = null;
let view: DataView = new DataView(new ArrayBuffer(0));

/**
 * A view of all of a buffer: it reads and writes four octets at once, wherever they lie. To make one costs as
 * much as to copy a short message, and the messages of one chunk come one after another: the last is kept.
 */
export function viewOf(bytes: Uint8Array): DataView {
  if (viewed !== bytes) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return view;
}
