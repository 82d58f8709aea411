import type { AskedAuthenticator, LoginStep } from '../auth/login-trace.ts';
import { closest } from '../config/closest.ts';
import type { RouterWorkerConfig } from '../config/schema-worker.ts';
import { ERRORS } from '../wamp/errors.ts';

/** A refused login. */
export interface Refusal {
  readonly reason: string | null;
  readonly authid: string | null;
}

/** What an operator can do who has seen the router's side. Names are the configuration's, or were typed by who reads it. */
export function adviceOnSteps(steps: readonly LoginStep[], refusal: Refusal, config: RouterWorkerConfig): string[] {
  const last = steps.findLast(({ kind }) => kind !== 'decided');
  if (last?.kind === 'method') return adviceOnMethod(last);
  if (last?.kind === 'check' && !last.passed) return adviceOnCheck(last.what, last.value, steps, config);
  const asked = steps.find((step) => step.kind === 'asked');
  if (asked === undefined) return [];
  if (asked.authenticator.type === 'static') return adviceOnTable(asked.authenticator, refusal.authid);
  if (last?.kind === 'raised') return adviceOnCall(asked.authenticator, asked.realm, refusal);
  return ['the client has not proved what the authenticator wants: compare its answer above with what the client has'];
}

/** What one can do who has seen the client's side alone. */
export function adviceOnReason(reason: string | null): string[] {
  const known =
    CLIENT_ADVICE.get(reason ?? '') ?? 'authenticators may refuse with errors of their own: ask who wrote it';
  return [
    known,
    "the node's log says more; `turnpike auth test --cbdir DIR` shows the router's side of a configuration",
  ];
}

const CLIENT_ADVICE: ReadonlyMap<string, string> = new Map([
  [ERRORS.noAuthMethod.uri, 'the transport lets nobody in by these methods: name others with --authmethod'],
  [ERRORS.noSuchRealm.uri, 'name another realm with --realm, or have the authenticator assign one that exists'],
  [ERRORS.noSuchRole.uri, 'the login was fine, but its role is not on the realm: add it there, or assign another one'],
  [ERRORS.notAuthorized.uri, 'the secret is wrong, or nobody has that authid: routers do not tell which'],
  [ERRORS.noSuchProcedure.uri, 'the authenticator is not there: start it, it has to register its procedure'],
  [
    ERRORS.authenticationFailed.uri,
    'the router or its authenticator could not decide, which is not the fault of the secret',
  ],
]);

function adviceOnMethod({ name, found, configured }: Extract<LoginStep, { kind: 'method' }>): string[] {
  if (found !== 'not configured') return [`see what ${name} needs: turnpike auth test --help`];
  if (configured.length === 0) return ['the transport lets in nobody but by cookie'];
  return [`try --authmethod ${configured.join(',')}, or configure auth.${name} on the transport`];
}

function adviceOnCheck(
  what: string,
  value: unknown,
  steps: readonly LoginStep[],
  { realms }: RouterWorkerConfig,
): string[] {
  const names = realms.map(({ name }) => name);
  if (what === 'the realm exists')
    return [`the realms of this worker are: ${names.join(', ')}${meant(String(value), names)}`];
  if (what === 'the realm has the role') {
    const joined = steps.findLast((step) => step.kind === 'check' && step.what === 'the realm exists');
    const realm = realms.find(({ name }) => joined?.kind === 'check' && name === joined.value);
    const roles = realm?.roles.map(({ name }) => name) ?? [];
    return [
      `the roles of the realm are: ${roles.join(', ')}${meant(String(value), roles)}`,
      'add the role there, or assign another one: in the table, in the answer of the authenticator, as "default-role"',
    ];
  }
  if (what === 'a realm is assigned') return ['ask for one with --realm, or name it in the table or the answer'];
  if (what === 'an authid is assigned') return ['ask for one with --authid, or name it in the answer'];
  if (what === 'a role is assigned') return ['name one in the table or the answer, or as "default-role" of the method'];
  return ['what an authenticator may answer is in docs/dynamic-authenticator.md'];
}

function adviceOnTable(
  { table, names }: Extract<AskedAuthenticator, { type: 'static' }>,
  authid: string | null,
): string[] {
  if (names === null) return [];
  if (authid === null) return [`nobody in ${table} has the key or the certificate of the client`];
  if (names.includes(authid))
    return [`the client's secret or key is not the one that ${table} has for ${JSON.stringify(authid)}`];
  return [`${table} has nobody called ${JSON.stringify(authid)}${meant(authid, names)}`];
}

function adviceOnCall(asked: AskedAuthenticator, realm: string | null, { reason }: Refusal): string[] {
  if (asked.type !== 'dynamic') return ['the function failed or took too long: the step above says how'];
  const place = `${asked.procedure} on realm ${asked.realm ?? realm ?? '(none)'}`;
  if (reason === ERRORS.noSuchProcedure.uri) {
    return [
      `nobody has registered ${place}: components of the configuration do so when they start`,
      'an authenticator outside of the node is not here: try the running node with --url',
    ];
  }
  if (reason === ERRORS.noSuchRealm.uri || reason === ERRORS.noSuchRole.uri) {
    return ['see "authenticator-realm" and "authenticator-role": they have to name what the configuration has'];
  }
  return [`${place} has refused, failed, or not answered in time ("authenticator-timeout"): the step above says which`];
}

function meant(name: string, among: readonly string[]): string {
  const near = closest(name, among);
  return near === null ? '' : `; did you mean ${near}?`;
}
