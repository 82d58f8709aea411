import { promises as fs } from 'node:fs';
import { connect } from 'node:net';
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

/** The code of the error that connecting gives, or null where somebody answers. */
function knock(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', (error) => resolve(errorCode(error)));
  });
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
    if (errorCode(error) === 'ENOENT') return;
    throw endpointError(what, error);
  }
  const failure = await knock(path);
  if (failure === 'ENOENT') return;
  if (failure === 'ECONNREFUSED') {
    await fs.unlink(path).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw endpointError(`cannot remove the stale socket ${path}`, error);
    });
    return;
  }
  // Anything but a refusal means that somebody holds it; EAGAIN, for one, that their backlog is full.
  throw new EndpointError(`${what}: another process listens there (EADDRINUSE)`, { code: 'EADDRINUSE' });
}
