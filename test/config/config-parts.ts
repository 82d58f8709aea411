/** Pieces of configurations, for tests of how they go together. */

/** Roles that may do something, so that nothing is said of their rights. */
export function roles(...names: string[]): object[] {
  return names.map((name) => ({ name, 'allow-by-default': true }));
}

export function realm(name: string, ...names: string[]): object {
  return { name, roles: roles(...names) };
}

export function endpoint(more: object = {}): object {
  return { type: 'tcp', port: 8080, interface: '127.0.0.1', ...more };
}

export function websocket(auth: object | undefined, more: object = {}): object {
  return { type: 'websocket', endpoint: endpoint(), ...(auth !== undefined && { auth }), ...more };
}

export function router(parts: object): object {
  return { type: 'router', ...parts };
}

export function node(...workers: object[]): object {
  return { version: 2, workers };
}

export function principals(table: object, more: object = {}): object {
  return { ticket: { type: 'static', principals: table, ...more } };
}

export function dynamic(more: object = {}): object {
  return { ticket: { type: 'dynamic', authenticator: 'com.example.authenticate', ...more } };
}

export const AUTHENTICATOR = { type: 'module', module: './a.js', realm: 'realm-auth', role: 'authenticator' };
export const R = 'workers[0].realms';
export const T = 'workers[0].transports';
