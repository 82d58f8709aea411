import type { WireMessage } from './scripted-peer.ts';

/** One of each message that there is, in the order of their codes. @param signature of AUTHENTICATE */
export function messageExamples(hello: WireMessage, signature: string): readonly WireMessage[] {
  return [
    hello,
    [2, 77, { roles: {} }],
    [3, {}, 'wamp.error.canceled'],
    [4, 'ticket', {}],
    [5, signature, {}],
    [6, {}, 'wamp.close.normal'],
    [8, 68, 1, {}, 'com.example.error'],
    [16, 1, {}, 'com.example.topic'],
    [17, 1, 2],
    [32, 1, {}, 'com.example.topic'],
    [33, 1, 2],
    [34, 1, 2],
    [35, 1],
    [36, 1, 2, {}],
    [48, 1, {}, 'com.example.procedure'],
    [49, 1, {}],
    [50, 1, {}],
    [64, 1, {}, 'com.example.procedure'],
    [65, 1, 2],
    [66, 1, 2],
    [67, 1],
    [68, 1, 2, {}],
    [69, 1, {}],
    [70, 1, {}],
    [337, 1],
  ];
}
