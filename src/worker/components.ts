import { randomUUID } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClientSession } from '../client/client-session.ts';
import type { ComponentConfig } from '../config/schema-component.ts';
import type { Router } from '../router/router.ts';
import type { Log } from '../wamp/log.ts';
import type { Component } from './component.ts';
import { joinLocally, type LocalPorts } from './local-session.ts';
import { roleOn, type SessionHost } from './session-host.ts';

/** Imports a module that a configuration names: a path relative to the node directory, or a package's name. */
export function moduleImporter(cbdir: string): (specifier: string) => Promise<unknown> {
  return (specifier) => {
    const isPath = /^\.{0,2}\//.test(specifier) || isAbsolute(specifier) || /\.[cm]?js$/.test(specifier);
    return import(isPath ? pathToFileURL(resolve(cbdir, specifier)).href : specifier);
  };
}

export interface ComponentPorts {
  readonly host: SessionHost;
  readonly router: Router;
  readonly importModule: (specifier: string) => Promise<unknown>;
  readonly client: LocalPorts;
  readonly log: Log;
}

/** Starts a component and waits for it. @throws Error naming the component and what failed */
export async function startComponent(config: ComponentConfig, ports: ComponentPorts): Promise<ClientSession> {
  const place = `component "${config.id}" (module "${config.module}", export "${config.export}")`;
  const imported = await ports.importModule(config.module).catch((cause: unknown) => {
    throw new Error(`${place}: the module cannot be imported: ${describe(cause)}`, { cause });
  });
  const component = (imported as Readonly<Record<string, unknown>>)[config.export];
  if (typeof component !== 'function') throw new Error(`${place}: the module has no function of that name`);
  const realm = ports.router.realm(config.realm);
  const role = realm === undefined ? undefined : roleOn(realm, config.role);
  if (realm === undefined || role === undefined) {
    throw new Error(`${place}: there is no role "${config.role}" on a realm "${config.realm}"`);
  }
  const session = await joinLocally(ports.host, { realm, role, authid: randomUUID() }, ports.client);
  try {
    await (component as Component)(session, { extra: config.extra, log: ports.log.with({ component: config.id }) });
  } catch (cause) {
    throw new Error(`${place}: it failed to start: ${describe(cause)}`, { cause });
  }
  return session;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
