import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** One HTTP request, on a connection of its own unless there is an `agent`. Rejects where the connection ends before the answer does. */
export function ask(
  url: string,
  body: Buffer | string | null,
  options: { agent?: Agent; headers?: Record<string, string>; method?: string; signal?: AbortSignal } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.once('error', reject);
    });
    request.once('error', reject);
    request.end(body ?? undefined);
  });
}

/** Opens a transport; its id. */
export async function openTransport(base: string, protocol = 'wamp.2.msgpack'): Promise<string> {
  const { status, body } = await ask(`${base}/open`, JSON.stringify({ protocols: [protocol] }));
  if (status !== 200) throw new Error(`/open: ${status} ${body.toString()}`);
  return (JSON.parse(body.toString()) as { transport: string }).transport;
}
