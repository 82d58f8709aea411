/** Cookies: that they can do what they are meant for, and that no two processes write to one file. */
import { posix } from 'node:path';
import { errorAt, type Finding, warningAt } from './finding.ts';
import { type Entrance, type Item, itemAt, textOf, type WorkerOutline } from './outline.ts';
import { formatPath, type Path } from './problem.ts';

/** 128 bits in characters of 6 bits. */
const LEAST_LENGTH = 22;

/** Over all workers: a file has one writer. */
export function checkCookies(workers: readonly WorkerOutline[]): Finding[] {
  const entrances = workers.map(({ transports }) => transports.flatMap((transport) => transport.entrances));
  return [...entrances.flat().flatMap(checkEntrance), ...checkFiles(entrances)];
}

function checkEntrance(entrance: Entrance): Finding[] {
  const cookie = itemAt(entrance, 'cookie');
  const login = entrance.methods.find(({ method }) => method === 'cookie');
  const findings: Finding[] = [];
  if (login !== undefined && cookie === null) {
    findings.push(warningAt(login.path, 'nobody has a cookie here: "cookie" is not set beside "auth"'));
  }
  if (login !== undefined && entrance.methods.length === 1) {
    findings.push(
      warningAt(entrance.path, 'nobody can log in here for the first time: "auth" has nothing but "cookie"'),
    );
  }
  return cookie === null ? findings : [...findings, ...checkCookie(cookie)];
}

function checkCookie(cookie: Item): Finding[] {
  const { length, secure, same_site: sameSite } = cookie.fields;
  const findings: Finding[] = [];
  if (typeof length === 'number' && length < LEAST_LENGTH) {
    const text = `ids have ${LEAST_LENGTH} characters here: shorter ones can be guessed`;
    findings.push(warningAt([...cookie.path, 'length'], text));
  }
  if (sameSite === 'None' && secure !== true) {
    findings.push(warningAt([...cookie.path, 'same_site'], 'browsers drop a cookie of "None" that is not "secure"'));
  }
  return findings;
}

function checkFiles(workers: readonly (readonly Entrance[])[]): Finding[] {
  const seen = new Map<string, { worker: number; path: Path }>();
  return workers.flatMap((entrances, worker) =>
    entrances.flatMap((entrance) => {
      const store = itemAt(itemAt(entrance, 'cookie') ?? entrance, 'store');
      const file = store !== null && textOf(store, 'type') === 'file' ? textOf(store, 'filename') : null;
      if (store === null || file === null) return [];
      const path = [...store.path, 'filename'];
      const other = seen.get(posix.normalize(file));
      if (other === undefined) seen.set(posix.normalize(file), { worker, path });
      if (other === undefined || other.worker === worker) return [];
      return [errorAt(path, `another worker keeps its cookies there: ${formatPath(other.path)}`)];
    }),
  );
}
