import type { IncomingMessage } from 'node:http';

/** What became of a request's body: its bytes, or why there are none. */
export type Body = Buffer | 'too-large' | 'aborted';

/** Reads a body of `limit` bytes at most, and no more of a larger one. How long that may take is the HTTP server's affair. */
export function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  if (announcedLength(request) > limit) return Promise.resolve('too-large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.pause();
      resolve('too-large');
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => resolve('aborted'));
  });
}

/** What Content-Length says; 0 where it is absent. */
export function announcedLength(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}
