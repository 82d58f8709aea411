import { promises as fs, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { directoryListing } from './directory-listing.ts';
import type { PathService } from './path-service.ts';
import { allowsOnlyReading, replyError, replyNotFound, replyPage } from './reply.ts';
import { encodePath, requestPath } from './request-path.ts';

export interface StaticOptions {
  /** Directories without an index file show their content. Default: false. */
  readonly enableDirectoryListing?: boolean;
  /** Content types by file extension (`.jgz`), before the built-in ones. */
  readonly mimeTypes?: ReadonlyMap<string, string>;
  /** Seconds that browsers and proxies may keep a file; null: no header about it. Default: 43200. */
  readonly cacheTimeout?: number | null;
  /** A file of the directory that is served, with 200, instead of 404: for applications that route in the browser. */
  readonly defaultFile?: string;
  /** Any page may read the files. Default: true, as Crossbar's. */
  readonly allowCrossOrigin?: boolean;
}

/** What a path under the directory turned out to be. */
interface Found {
  /** Without symbolic links. */
  readonly real: string;
  /** The directory itself, without symbolic links. */
  readonly root: string;
  readonly stats: Stats;
}

const DEFAULT_CACHE_TIMEOUT = 43_200;
const INDEX_FILES = ['index.html', 'index.htm'];

/**
 * Serves the files of one directory: ranges, conditional requests, index files. What is not a regular
 * file, begins with a dot (but for `.well-known`, RFC 8615), or lies outside of the directory once its
 * symbolic links are followed, is not there: 404.
 */
export class Static implements PathService {
  readonly #directory: string;
  readonly #listing: boolean;
  readonly #mimeTypes: ReadonlyMap<string, string>;
  readonly #cacheTimeout: number | null;
  readonly #defaultFile: readonly string[] | null;
  readonly #allowCrossOrigin: boolean;

  /**
   * @param directory absolute
   * @throws TypeError where an option cannot work
   */
  constructor(directory: string, options: StaticOptions = {}) {
    if (!path.isAbsolute(directory)) throw new TypeError('a static path service needs an absolute directory');
    this.#directory = directory;
    this.#listing = options.enableDirectoryListing === true;
    this.#mimeTypes = checkedMimeTypes(options.mimeTypes);
    this.#cacheTimeout = options.cacheTimeout === undefined ? DEFAULT_CACHE_TIMEOUT : options.cacheTimeout;
    this.#defaultFile = options.defaultFile === undefined ? null : checkedDefaultFile(options.defaultFile);
    this.#allowCrossOrigin = options.allowCrossOrigin !== false;
  }

  async handle(request: IncomingMessage, response: ServerResponse, rest: readonly string[]): Promise<void> {
    if (!allowsOnlyReading(request, response)) return;
    const found = servable(rest) ? await this.#find(rest) : null;
    if (found === null) return this.#missing(request, response);
    const asDirectory = rest.at(-1) === '';
    if (found.stats.isDirectory()) {
      if (asDirectory) await this.#directoryAt(request, response, found, rest);
      else redirectToDirectory(request, response);
      return;
    }
    if (asDirectory) return this.#missing(request, response);
    await this.#file(request, response, found, this.#cacheTimeout);
  }

  async #directoryAt(
    request: IncomingMessage,
    response: ServerResponse,
    found: Found,
    rest: readonly string[],
  ): Promise<void> {
    for (const name of INDEX_FILES) {
      const index = await this.#find([...rest.slice(0, -1), name]);
      if (index?.stats.isFile() === true) {
        return this.#file(request, response, index, this.#cacheTimeout);
      }
    }
    if (!this.#listing) return this.#missing(request, response);
    const content = await directoryListing(found.real, rest.length === 1);
    replyPage(response, 200, `Directory ${rest.at(-2) ?? '/'}`, content);
  }

  /** The file or directory at these segments, or null where there is none to serve. */
  async #find(segments: readonly string[]): Promise<Found | null> {
    try {
      const root = await fs.realpath(this.#directory);
      const real = await fs.realpath(path.join(root, ...segments));
      if (real !== root && !real.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) return null;
      const stats = await fs.stat(real);
      // To open a pipe would wait for its writer; a device is nobody's file.
      return stats.isFile() || stats.isDirectory() ? { real, root, stats } : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async #missing(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fallback = this.#defaultFile === null ? null : await this.#find(this.#defaultFile);
    // Crossbar sends the default file without caching headers: the address may become a file of its own.
    if (fallback?.stats.isFile() === true) await this.#file(request, response, fallback, null);
    else replyNotFound(response);
  }

  async #file(
    request: IncomingMessage,
    response: ServerResponse,
    found: Found,
    cacheTimeout: number | null,
  ): Promise<void> {
    // Loaded by the first file: most workers serve none, and would start so much later.
    const { default: send } = await import('send');
    const type = this.#mimeTypes.get(path.extname(found.real).toLowerCase());
    if (type !== undefined) response.setHeader('Content-Type', type);
    if (cacheTimeout !== null) response.setHeader('Cache-Control', `max-age=${cacheTimeout}, public`);
    if (this.#allowCrossOrigin) response.setHeader('Access-Control-Allow-Origin', '*');
    const relative = path.relative(found.root, found.real).split(path.sep).map(encodeURIComponent).join('/');
    send(request, `/${relative}`, { root: found.root, index: false, cacheControl: false, dotfiles: 'allow' })
      .on('error', (error: { status?: number; statusCode?: number }) => {
        refuseFile(response, error.status ?? 500);
      })
      .on('directory', () => replyNotFound(response))
      .pipe(response);
  }
}

/** Whether a request may ask for these segments at all. Only the last may be empty: a directory. */
function servable(segments: readonly string[]): boolean {
  return segments.every((segment, index) => {
    if (segment === '') return index === segments.length - 1;
    if (/[/\\]|\p{Cc}/u.test(segment)) return false;
    return !segment.startsWith('.') || segment === '.well-known';
  });
}

function redirectToDirectory(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Location', encodePath([...(requestPath(request.url ?? '/') ?? []), '']));
  replyPage(response, 302, 'Moved', '<p>This address is a directory: it ends with a slash.</p>');
}

function refuseFile(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (status === 416) replyError(response, 416, 'The file has no such range.');
  else if (status === 412) replyError(response, 412, 'The file has changed.');
  else if (status === 500) replyError(response, 500, 'The file could not be read.');
  else replyNotFound(response);
}

/** Not there, or not for us to read: the client sees no difference. */
function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'].includes(code);
}

function checkedMimeTypes(types: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const checked = new Map([['.jgz', 'text/javascript']]);
  for (const [extension, type] of types) {
    if (!extension.startsWith('.'))
      throw new TypeError(`a file extension begins with a dot: ${JSON.stringify(extension)}`);
    if (!/^[\u0020-\u007e]+$/.test(type)) throw new TypeError(`not a content type: ${JSON.stringify(type)}`);
    checked.set(extension.toLowerCase(), type);
  }
  return checked;
}

function checkedDefaultFile(name: string): readonly string[] {
  const segments = name.split('/');
  if (segments.includes('') || !servable(segments)) {
    throw new TypeError(`the default file has to be a file of the directory: ${JSON.stringify(name)}`);
  }
  return segments;
}
