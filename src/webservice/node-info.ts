import type { IncomingMessage, ServerResponse } from 'node:http';
import { escapeHtml } from './page.ts';
import type { PathService } from './path-service.ts';
import { allowsOnlyReading, replyPage } from './reply.ts';
import { encodePath, requestPath } from './request-path.ts';

/** What the page tells. Whoever composes it answers for there being no secret among it. */
export interface NodeInfoFacts {
  /** The node's id. */
  readonly node: string;
  /** The worker's id. */
  readonly worker: string;
  /** The worker's process id. */
  readonly pid: number;
  /** The router's version. */
  readonly version: string;
  /** When the worker started. */
  readonly startedAt: Date;
  readonly now: Date;
}

/** An HTML page about the node; asked for anew at each request, never cached. */
export class NodeInfo implements PathService {
  readonly #facts: () => NodeInfoFacts;

  constructor(facts: () => NodeInfoFacts) {
    this.#facts = facts;
  }

  handle(request: IncomingMessage, response: ServerResponse, rest: readonly string[]): void {
    if (!allowsOnlyReading(request, response)) return;
    const facts = this.#facts();
    const rows: readonly (readonly [string, string])[] = [
      ['Node', facts.node],
      ['Worker', `${facts.worker} (process ${facts.pid})`],
      ['Path', ownPath(request.url ?? '/', rest)],
      ['Version', `Turnpike ${facts.version}`],
      ['Started', facts.startedAt.toISOString()],
      ['Running for', duration(facts.now.getTime() - facts.startedAt.getTime())],
    ];
    const list = rows.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
    response.setHeader('Cache-Control', 'no-store');
    replyPage(response, 200, 'WAMP router', `<p>This node is up.</p>\n<dl>\n${list.join('\n')}\n</dl>`);
  }
}

function ownPath(target: string, rest: readonly string[]): string {
  const segments = requestPath(target) ?? [];
  return encodePath(segments.slice(0, segments.length - rest.length));
}

function duration(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  const days = Math.floor(minutes / 1_440);
  const hours = Math.floor((minutes % 1_440) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : 'less than a minute';
}
