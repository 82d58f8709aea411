/**
 * Codes of the WAMP messages.
 * [WAMP: Messages, Message Codes and Direction]
 */
export const Msg = {
  HELLO: 1,
  WELCOME: 2,
  ABORT: 3,
  CHALLENGE: 4,
  AUTHENTICATE: 5,
  GOODBYE: 6,
  ERROR: 8,
  PUBLISH: 16,
  PUBLISHED: 17,
  SUBSCRIBE: 32,
  SUBSCRIBED: 33,
  UNSUBSCRIBE: 34,
  UNSUBSCRIBED: 35,
  EVENT: 36,
  CALL: 48,
  CANCEL: 49,
  RESULT: 50,
  REGISTER: 64,
  REGISTERED: 65,
  UNREGISTER: 66,
  UNREGISTERED: 67,
  INVOCATION: 68,
  INTERRUPT: 69,
  YIELD: 70,
  /** Of acknowledged event delivery, a draft; in use under this number until it is ratified. */
  EVENT_RECEIVED: 337,
} as const;

export type Msg = (typeof Msg)[keyof typeof Msg];
export type MessageName = keyof typeof Msg;
