import { resolve } from 'node:path';
import type { WebPathConfig, WebPathsConfig } from '../config/schema-web-path.ts';
import type { LongPollListener } from '../transports/longpoll.ts';
import { Json } from '../webservice/json.ts';
import { LongPollPath } from '../webservice/longpoll.ts';
import { NodeInfo } from '../webservice/node-info.ts';
import type { PathService } from '../webservice/path-service.ts';
import { PathTree } from '../webservice/path-tree.ts';
import { Redirect } from '../webservice/redirect.ts';
import { Static } from '../webservice/static.ts';
import { type UpgradeHandler, WebSocketPath } from '../webservice/websocket.ts';
import { VERSION } from './version.ts';

type WebSocketPathConfig = Extract<WebPathConfig, { type: 'websocket' }>;
export type LongPollPathConfig = Extract<WebPathConfig, { type: 'longpoll' }>;

export interface WebPathPorts {
  readonly cbdir: string;
  readonly node: string;
  readonly worker: string;
  readonly startedAt: Date;
  /** Makes the listener of a WebSocket path. */
  readonly webSocket: (config: WebSocketPathConfig, path: string) => UpgradeHandler;
  /** Makes the listener of a long-poll path. */
  readonly longPoll: (config: LongPollPathConfig, path: string) => LongPollListener;
}

/** The path services of a web transport. `path` is where the tree hangs: `/`, `/a/` … */
export function compileWebPaths(config: WebPathsConfig, path: string, ports: WebPathPorts): PathTree {
  const services = new Map<string, PathService>();
  for (const [key, service] of Object.entries(config)) {
    services.set(key, compileWebPath(service, key === '/' ? path : `${path}${key}`, ports));
  }
  return new PathTree(services);
}

function compileWebPath(config: WebPathConfig, path: string, ports: WebPathPorts): PathService {
  switch (config.type) {
    case 'websocket':
      return new WebSocketPath(ports.webSocket(config, path), { statusPage: config.options.enable_webstatus });
    case 'longpoll':
      return new LongPollPath(ports.longPoll(config, path));
    case 'path':
      return compileWebPaths(config.paths, `${path}/`, ports);
    case 'static': {
      const { enable_directory_listing, mime_types, cache_timeout, default_file } = config.options;
      return new Static(resolve(ports.cbdir, config.directory), {
        enableDirectoryListing: enable_directory_listing,
        mimeTypes: new Map(Object.entries(mime_types)),
        cacheTimeout: cache_timeout,
        ...(default_file !== undefined && { defaultFile: default_file }),
      });
    }
    case 'json': {
      const { prettify, allow_cross_origin, discourage_caching } = config.options;
      return new Json(config.value, {
        prettify,
        allowCrossOrigin: allow_cross_origin,
        discourageCaching: discourage_caching,
      });
    }
    case 'redirect':
      return new Redirect(config.url);
    case 'nodeinfo': {
      const { node, worker, startedAt } = ports;
      return new NodeInfo(() => ({ node, worker, pid: process.pid, version: VERSION, startedAt, now: new Date() }));
    }
  }
}
