/** [WAMP: Session Testament] A session's own last words only: whose they are is never an argument (K16). */
import { ERRORS, ProtocolViolation, WampError } from '../../wamp/errors.ts';
import { Msg } from '../../wamp/messages.ts';
import { checkOptions } from '../../wamp/options.ts';
import { isReservedUri } from '../../wamp/uri.ts';
import { isTestamentScope, type TestamentScope, Testaments } from '../testaments.ts';
import { dict, list, optional, requireUri, string } from './parameters.ts';
import { type MetaProcedure, procedure } from './procedure.ts';

function scopeOf(scope: string | null): TestamentScope {
  if (scope === null) return 'destroyed';
  if (isTestamentScope(scope)) return scope;
  throw new WampError(ERRORS.testamentError.uri, ['scope must be destroyed or detached']);
}

/** The options of its PUBLISH. Nobody is there to be told of it, or to receive it. */
function publishOptions(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { acknowledge: _acknowledge, exclude_me: _excludeMe, ...options } = given;
  if (options['forward_for'] !== undefined && options['forward_for'] !== null) {
    throw new WampError(ERRORS.optionNotAllowed.uri, ['forward_for is for links between routers']);
  }
  const problem = problemOf(options);
  if (problem !== null) throw new WampError(ERRORS.invalidArgument.uri, [problem]);
  return options;
}

function problemOf(options: Record<string, unknown>): string | null {
  try {
    checkOptions(Msg.PUBLISH, 'publish_options', options);
    return null;
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.message;
    throw error;
  }
}

export const TESTAMENT_PROCEDURES: readonly MetaProcedure[] = [
  procedure(
    'wamp.session.add_testament',
    [string('topic'), list('args'), dict('kwargs'), optional(dict('publish_options')), optional(string('scope'))],
    ({ realm, caller }, topic, args, kwargs, options, scope) => {
      const bucket = scopeOf(scope);
      requireUri(topic, realm.uriCheck, 'the topic');
      if (isReservedUri(topic) && !caller.trusted) {
        throw new WampError(ERRORS.invalidUri.uri, [`publish with restricted topic URI '${topic}'`]);
      }
      caller.testaments ??= new Testaments();
      const refusal = caller.testaments.add(bucket, topic, publishOptions(options ?? {}), args, kwargs);
      if (refusal !== null) throw new WampError(ERRORS.testamentError.uri, [refusal]);
      return realm.nextId();
    },
  ),
  procedure('wamp.session.flush_testaments', [optional(string('scope'))], ({ caller }, scope) => {
    const bucket = scopeOf(scope);
    return caller.testaments?.flush(bucket) ?? 0;
  }),
];
