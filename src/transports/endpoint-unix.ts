import { promises as fs } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { EndpointError, endpointError, errorCode } from './endpoint-error.ts';

/** `sun_path` of Linux holds 108 bytes with the zero at the end; Node would cut a longer path silently. */
const MAX_PATH_BYTES = 107;

/** @throws EndpointError (`ENAMETOOLONG`, `EINVAL`) where no unix socket can have that path */
export function checkUnixPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length > MAX_PATH_BYTES) {
    throw new EndpointError(
      `the path of the unix socket ${path} is too long: ${length} bytes, and ${MAX_PATH_BYTES} are possible`,
      { code: 'ENAMETOOLONG' },
    );
  }
  if (length === 0 || path.includes('\0')) {
    throw new EndpointError('the path of a unix socket must not be empty or hold a NUL', { code: 'EINVAL' });
  }
}

/** The error that connecting gives, or null where somebody answers. */
function knock(path: string): Promise<Error | null> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', resolve);
  });
}

/** Binding below a missing directory fails with `EACCES` (libuv's doing), which sends an operator the wrong way. */
async function checkDirectory(what: string, directory: string): Promise<void> {
  try {
    await fs.access(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw endpointError(what, error);
    const sentence = `${what}: the directory ${directory} does not exist (ENOENT)`;
    throw new EndpointError(sentence, { code: 'ENOENT', cause: error });
  }
}

/**
 * Makes room for a unix socket: a socket that a dead process left behind is removed. Crossbar removes
 * it unasked; we look first whether somebody answers, so that a second node cannot cut off the first.
 * @throws EndpointError where the path is taken by something else
 */
export async function clearUnixPath(path: string): Promise<void> {
  checkUnixPath(path);
  const what = `cannot listen on unix ${path}`;
  try {
    const found = await fs.lstat(path);
    if (!found.isSocket()) throw new EndpointError(`${what}: the path exists and is not a socket`, { code: 'EEXIST' });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw endpointError(what, error);
    await checkDirectory(what, dirname(path));
    return;
  }
  const failure = await knock(path);
  const code = failure === null ? null : errorCode(failure);
  if (code === null || code === 'EAGAIN') {
    // EAGAIN: somebody listens, and has no room at present.
    throw new EndpointError(`${what}: another process listens there (EADDRINUSE)`, { code: 'EADDRINUSE' });
  }
  if (code === 'ENOENT') return;
  if (code !== 'ECONNREFUSED') throw endpointError(what, failure);
  await fs.unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw endpointError(`cannot remove the stale socket ${path}`, error);
  });
}
