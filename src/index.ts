/**
 * Turnpike for embedding: a WAMP router inside of your process, and a WAMP client that joins it, or any
 * other router, over WebSocket, RawSocket or memory.
 */
export { anonymous } from './client/auth/anonymous.ts';
export { CookieKeeper, cookie } from './client/auth/cookie.ts';
export { type CryptosignOptions, cryptosign } from './client/auth/cryptosign.ts';
export { type ScramOptions, scram } from './client/auth/scram.ts';
export { ticket } from './client/auth/ticket.ts';
export { tls } from './client/auth/tls.ts';
export { wampcra } from './client/auth/wampcra.ts';
export type { CallOptions, CallResult, OpenCall } from './client/calls.ts';
export type { ChallengeAnswer, ClientAuth, ClientCookies, ClientLogin, ClientProof } from './client/client-auth.ts';
export type { ClientSession } from './client/client-session.ts';
export { type ConnectOptions, connect } from './client/connect.ts';
export type { InvocationDetails } from './client/invocation.ts';
export type { JoinOptions, LoginMessage, SessionEnd } from './client/join-options.ts';
export type { PublishOptions } from './client/publications.ts';
export type { CallHandler, RegisterOptions, Registration } from './client/registrations.ts';
export { Result } from './client/result.ts';
export type { EventDetails, EventHandler, SubscribeOptions, Subscription } from './client/subscriptions.ts';
export { ConfigError, type Problem } from './config/problem.ts';
export { WampError } from './wamp/errors.ts';
export type { Log, LogFields } from './wamp/log.ts';
export type { Component, ComponentContext } from './worker/component.ts';
export {
  type CreateRouterOptions,
  createRouter,
  type EmbeddedRouter,
  type JoinAs,
  type RouterOptions,
} from './worker/create-router.ts';
