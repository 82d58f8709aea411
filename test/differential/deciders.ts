/**
 * What the authenticators of these tests do, which a client tells them by its `authextra`: one of `answer` (a value),
 * `yield` (positional and keyword arguments), `raise` (a URI and arguments), `silent`, `cut`; else they look into `KNOWN`.
 * Three times the same: here for the procedure, and as a module of Python and of JavaScript for `type: function`.
 */
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { KNOWN, PUBLIC_KEY } from './node-config.ts';

/** What becomes of a call: YIELD, ERROR, nothing, or the end of the authenticator's connection. */
export type Decision =
  | { readonly kind: 'yield'; readonly args: readonly unknown[]; readonly kwargs: Dict }
  | { readonly kind: 'raise'; readonly uri: string; readonly args: readonly unknown[]; readonly kwargs: Dict }
  | { readonly kind: 'silent' }
  | { readonly kind: 'cut' };

function known(authmethod: unknown, authid: unknown, details: Dict): unknown {
  if (authmethod === 'anonymous' || authmethod === 'tls') return 'user';
  const table = KNOWN[authmethod as keyof typeof KNOWN] as Readonly<Record<string, Dict>>;
  const entry = table[String(authid)];
  if (entry === undefined) return null;
  const role = authid === 'ghost' ? 'ghost' : 'user';
  if (authmethod === 'ticket') return details['ticket'] === entry['ticket'] ? { role } : null;
  return authmethod === 'cryptosign' ? { pubkey: PUBLIC_KEY, role } : { ...entry, role };
}

/** Decides a call of the authenticator. */
export function decide([, authid, details]: readonly unknown[]): Decision {
  const { authextra, authmethod } = details as Dict;
  const told: Dict = isDict(authextra) ? authextra : {};
  if ('answer' in told) return { kind: 'yield', args: [told['answer']], kwargs: {} };
  if ('yield' in told) {
    const [args = [], kwargs = {}] = told['yield'] as [unknown[]?, Dict?];
    return { kind: 'yield', args, kwargs };
  }
  if ('raise' in told) {
    const [uri, args = [], kwargs = {}] = told['raise'] as [string, unknown[]?, Dict?];
    return { kind: 'raise', uri, args, kwargs };
  }
  if ('silent' in told) return { kind: 'silent' };
  if ('cut' in told) return { kind: 'cut' };
  const answer = known(authmethod, authid, details as Dict);
  if (answer !== null) return { kind: 'yield', args: [answer], kwargs: {} };
  return { kind: 'raise', uri: 'com.example.not_known', args: ['not let in'], kwargs: {} };
}

/** `deciders/js.py`: to Crossbar.io `deciders.js.create` is a function of a module in a package. */
export function pythonModule(): string {
  return `import json
from autobahn.wamp.exception import ApplicationError

KNOWN = json.loads(${JSON.stringify(JSON.stringify(KNOWN))})

def known(authmethod, authid, details):
    entry = KNOWN[authmethod].get(authid)
    if entry is None:
        return None
    role = "ghost" if authid == "ghost" else "user"
    if authmethod == "ticket":
        return {"role": role} if details["ticket"] == entry["ticket"] else None
    return {"pubkey": "${PUBLIC_KEY}", "role": role} if authmethod == "cryptosign" else dict(entry, role=role)

def create(config, controller):
    def authenticate(realm, authid, details):
        told = details["authextra"] or {}
        if "tell" in told:
            return {"role": "user", "extra": {"config": config, "saw": [realm, authid, details]}}
        if "answer" in told:
            return told["answer"]
        if "raise" in told:
            uri, args = told["raise"]
            raise ApplicationError(uri, *args)
        if "fail" in told:
            raise RuntimeError("internals of the authenticator")
        answer = known(details["authmethod"], authid, details)
        if answer is None:
            raise ApplicationError("com.example.not_known", "not let in")
        return answer
    return authenticate
`;
}

/** `deciders.js`: to us the same name is an export of a module. @param api where \`WampError\` is imported from */
export function javaScriptModule(api: string): string {
  return `import { WampError } from ${JSON.stringify(api)};

const KNOWN = ${JSON.stringify(KNOWN)};

function known(authmethod, authid, details) {
  const entry = KNOWN[authmethod][authid];
  if (entry === undefined) return null;
  const role = authid === 'ghost' ? 'ghost' : 'user';
  if (authmethod === 'ticket') return details.ticket === entry.ticket ? { role } : null;
  return authmethod === 'cryptosign' ? { pubkey: '${PUBLIC_KEY}', role } : { ...entry, role };
}

export const create = (config) => (realm, authid, details) => {
  const told = details.authextra ?? {};
  if ('tell' in told) return { role: 'user', extra: { config, saw: [realm, authid, details] } };
  if ('answer' in told) return told.answer;
  if ('raise' in told) throw new WampError(...told.raise);
  if ('fail' in told) throw new Error('internals of the authenticator');
  const answer = known(details.authmethod, authid, details);
  if (answer === null) throw new WampError('com.example.not_known', ['not let in']);
  return answer;
};
`;
}
