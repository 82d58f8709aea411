/** `cookie` of a WebSocket transport. Crossbar: `check_transport_cookie`. */
import * as z from 'zod';
import { byType, type Config, flag, integer, nonEmpty, oneOf, pattern, strict } from './schema-basics.ts';

const KIBIBYTE = 1024;
const GIBIBYTE = 1024 ** 3;
const TEN_YEARS = 86_400 * 360 * 10;

const store = byType(
  'a cookie store',
  ['memory', 'file', 'database'],
  [
    strict('a cookie store', { type: z.literal('memory') }).describe('Cookies last as long as the process.'),
    strict('a cookie store', {
      type: z.literal('file'),
      filename: nonEmpty('the path of a file').describe('Path of the file, relative to the node directory.'),
      purge_on_startup: flag()
        .default(false)
        .describe('Drop cookies that are too old when the node starts. Default false.'),
    }).describe("Cookies in a file: lines of JSON, in Crossbar's format."),
    strict('a cookie store', {
      type: z.literal('database'),
      path: nonEmpty('the path of a directory').describe('Path of its directory, relative to the node directory.'),
      maxsize: integer(128 * KIBIBYTE, 128 * GIBIBYTE, ' (bytes)')
        .default(GIBIBYTE)
        .describe('How large it may become, in bytes; a cookie takes about 1 KiB. Default 1 GiB.'),
      readonly: flag()
        .default(false)
        .describe('Write nothing: cookies count, and no login is remembered. Default false.'),
      sync: flag().default(true).describe('Wait for the disk at each write. Default true.'),
      purge_on_startup: flag().default(false).describe('Begin empty when the node starts. Default false.'),
    }).describe('Cookies in an LMDB database; needs the package `lmdb`.'),
  ],
);

export const cookie = strict('cookies', {
  name: pattern(/^[a-z][a-z0-9_]+$/, 'a name of a-z, 0-9 and _, beginning with a letter')
    .default('cbtid')
    .describe('Name of the cookie. Default "cbtid".'),
  length: integer(6, 64)
    .default(24)
    .describe('Characters of its value. Default 24; at least 22 here, so that nobody guesses one.'),
  max_age: integer(1, TEN_YEARS, ' (seconds)')
    .default(86_400 * 7)
    .describe('How long it counts, in seconds, for browsers and for the router. Default 604800, a week.'),
  store: store.prefault({ type: 'memory' }).describe('Where cookies are kept. Default: in memory.'),
  secure: flag().default(false).describe('Browsers send it over TLS only. Default false.'),
  http_strict: flag().default(false).describe('Scripts of pages cannot read it (HttpOnly). Default false.'),
  same_site: oneOf(['Strict', 'Lax', 'None'])
    .exactOptional()
    .describe("Whether pages of other sites send it. Default: the browser's own."),
  domain: pattern(/^\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'the name of a domain')
    .exactOptional()
    .describe('Domain that it is sent to, with all below it. Default: the host alone. Not in Crossbar.'),
  path: pattern(/^\/[\x21-\x3a\x3c-\x7e]*$/, 'a path that begins with "/"')
    .exactOptional()
    .describe('Path that it is sent to, with all below it. Default: the directory of the WebSocket. Not in Crossbar.'),
}).meta({ id: 'cookie', description: 'A cookie tells browsers apart, and with `auth.cookie` logs them in again.' });

export type CookieConfig = Config<typeof cookie>;
