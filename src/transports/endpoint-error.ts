/**
 * An endpoint could not be opened, reached or spoken to. `message` is one sentence for an operator
 * that names the endpoint; it holds no credential.
 */
export class EndpointError extends Error {
  /** The operating system's code (`EADDRINUSE`), OpenSSL's, or one of our own in the same style (`EHANDSHAKE`). */
  readonly code: string;

  constructor(message: string, options: ErrorOptions & { readonly code: string }) {
    super(message, options);
    this.name = 'EndpointError';
    this.code = options.code;
  }
}

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the address is in use'],
  ['EADDRNOTAVAIL', 'this machine does not have that address'],
  ['EAFNOSUPPORT', 'this machine does not speak that version of IP'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ENOENT', 'there is no such file or directory'],
  ['ENOTDIR', 'a part of the path is not a directory'],
  ['EISDIR', 'it is a directory'],
  ['EROFS', 'the file system is read-only'],
  ['ENAMETOOLONG', 'the path is too long'],
  ['ENOTFOUND', 'the host name is unknown'],
  ['EAI_AGAIN', 'the host name cannot be looked up at present'],
  ['ECONNREFUSED', 'nobody listens there'],
  ['ECONNRESET', 'the other side reset the connection'],
  ['EHOSTUNREACH', 'there is no route to the host'],
  ['ENETUNREACH', 'there is no route to the network'],
  ['ETIMEDOUT', 'the other side did not answer in time'],
  ['EMFILE', 'this process has too many files open'],
  ['ENFILE', 'this machine has too many files open'],
]);

/** The code of an error of the operating system, of OpenSSL or of ours; `EUNKNOWN` where it has none. */
export function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'EUNKNOWN';
}

/** Why something failed, as half a sentence: `the address is in use (EADDRINUSE)`. */
export function reasonOf(error: unknown): string {
  const code = errorCode(error);
  const sentence = SENTENCES.get(code);
  if (sentence !== undefined) return `${sentence} (${code})`;
  return error instanceof Error ? error.message : String(error);
}

/** `<what>: <why>`, such as `cannot listen on tcp 127.0.0.1:80: permission denied (EACCES)`. */
export function endpointError(what: string, cause: unknown): EndpointError {
  if (cause instanceof EndpointError) return cause;
  return new EndpointError(`${what}: ${reasonOf(cause)}`, { code: errorCode(cause), cause });
}
