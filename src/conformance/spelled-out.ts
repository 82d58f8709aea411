import type { Step } from './scenario.ts';

type StepOf<Key extends string> = Key extends string ? Extract<Step, { [K in Key]: unknown }> : never;

/** Steps that stand for a request and all that follows from it. */
type Shorthand = StepOf<'call' | 'publish' | 'register' | 'subscribe' | 'unregister' | 'unsubscribe' | 'leave'>;

export type PlainStep = Exclude<Step, Shorthand>;

const ANSWERS = {
  REGISTER: 'REGISTERED',
  SUBSCRIBE: 'SUBSCRIBED',
  UNREGISTER: 'UNREGISTERED',
  UNSUBSCRIBE: 'UNSUBSCRIBED',
} as const;

/**
 * The messages that a shorthand stands for; other steps as they are.
 * @param at number of the step, which keeps apart what is remembered of each
 */
export function spelledOut(step: Step, at: number): readonly PlainStep[] {
  if ('call' in step) return spellCall(step, at);
  if ('publish' in step) return spellPublish(step, at);
  if ('register' in step) {
    const { from, register, options = {}, as = '', error } = step;
    return request(from, 'REGISTER', [options, register], at, [as === '' ? '<id>' : `$${as}`], error);
  }
  if ('subscribe' in step) {
    const { from, subscribe, options = {}, as = '', error } = step;
    return request(from, 'SUBSCRIBE', [options, subscribe], at, [as === '' ? '<id>' : `$${as}`], error);
  }
  if ('unregister' in step) return request(step.from, 'UNREGISTER', [step.unregister], at, [], step.error);
  if ('unsubscribe' in step) return request(step.from, 'UNSUBSCRIBE', [step.unsubscribe], at, [], step.error);
  if ('leave' in step) {
    return [
      { from: step.leave, send: ['GOODBYE', {}, 'wamp.close.close_realm'] },
      { to: step.leave, expect: ['GOODBYE', {}, '<uri>'] },
    ];
  }
  return [step];
}

function request(
  from: string,
  name: keyof typeof ANSWERS,
  elements: readonly unknown[],
  at: number,
  answer: readonly unknown[],
  error: unknown,
): PlainStep[] {
  const expect =
    error === undefined ? [ANSWERS[name], `$request${at}`, ...answer] : ['ERROR', name, `$request${at}`, {}, error];
  return [
    { from, send: [name, `#request${at}`, ...elements] },
    { to: from, expect },
  ];
}

/** Empty payloads are not sent. [WAMP: Empty Arguments and Keyword Arguments] */
function payload(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): unknown[] {
  if (Object.keys(kwargs).length > 0) return [args, kwargs];
  return args.length > 0 ? [args] : [];
}

function spellCall(step: StepOf<'call'>, at: number): PlainStep[] {
  const { from, call, options = {}, args = [], kwargs = {}, invoked, details = {}, result, error } = step;
  const steps: PlainStep[] = [{ from, send: ['CALL', `#request${at}`, options, call, ...payload(args, kwargs)] }];
  if (invoked !== undefined) {
    steps.push({ to: invoked, expect: ['INVOCATION', `$invocation${at}`, '<id>', details, args, kwargs] });
    const answer = error === undefined ? ['YIELD', `$invocation${at}`, {}, ...payload(result ?? [], {})] : null;
    steps.push({ from: invoked, send: answer ?? ['ERROR', 'INVOCATION', `$invocation${at}`, {}, error] });
  }
  if (error !== undefined) steps.push({ to: from, expect: ['ERROR', 'CALL', `$request${at}`, {}, error] });
  else if (result !== undefined) steps.push({ to: from, expect: ['RESULT', `$request${at}`, {}, result, '...'] });
  else steps.push({ to: from, expect: ['RESULT', `$request${at}`, {}, '...'] });
  return steps;
}

function spellPublish(
  { from, publish, options = {}, args = [], kwargs = {}, as }: StepOf<'publish'>,
  at: number,
): PlainStep[] {
  const steps: PlainStep[] = [{ from, send: ['PUBLISH', `#request${at}`, options, publish, ...payload(args, kwargs)] }];
  if (options['acknowledge'] === true) {
    steps.push({ to: from, expect: ['PUBLISHED', `$request${at}`, as === undefined ? '<id>' : `$${as}`] });
  }
  return steps;
}
