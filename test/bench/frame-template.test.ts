import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeMessage } from '../../bench/encode-message.ts';
import { FrameTemplate } from '../../bench/frame-template.ts';
import { type LinkFraming, RAWSOCKET, WEBSOCKET } from '../../bench/link-framing.ts';
import { Message } from '../../src/serializers/message.ts';
import { SERIALIZERS } from '../../src/serializers/registry.ts';
import type { Serializer } from '../../src/serializers/serializer.ts';
import { FrameReader } from '../../src/transports/rawsocket-framing.ts';
import { FrameParser } from '../../src/transports/websocket-framing.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { createLink } from './link-fixture.ts';

/** What the router's own code makes of the bytes. */
function received(framing: LinkFraming, serializer: Serializer, bytes: Buffer): Message[] {
  const messages: Message[] = [];
  const take = (chunk: Buffer, start: number, end: number): void => {
    const message = new Message(serializer);
    serializer.read(chunk, start, end, message);
    messages.push(message);
  };
  const nothing = (): void => assert.fail('only messages were sent');
  if (framing === RAWSOCKET) {
    const reader = new FrameReader({ maxReceive: 2 ** 24, open: true, message: take, ping: nothing, pong: nothing });
    assert.equal(reader.read(bytes), null);
  } else {
    const handler = { maxMessage: 2 ** 24, maxFragments: 1, ping: nothing, pong: nothing, close: nothing };
    const message = (chunk: Buffer, start: number, end: number, text: boolean): void => {
      assert.equal(text, serializer.text);
      take(chunk, start, end);
    };
    const rules = { masks: 'always', unmask: true, compression: false, validateUtf8: true, maxFrame: 2 ** 24 } as const;
    new FrameParser({ ...handler, message }, rules).push(bytes);
  }
  return messages;
}

const IDS = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 2 ** 17 }),
  fc.maxSafeInteger().filter((id) => id > 0),
  fc.constantFrom(23, 24, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53),
);

for (const serializer of SERIALIZERS) {
  for (const [name, framing] of Object.entries({ WEBSOCKET, RAWSOCKET })) {
    test(`frames of ${serializer.id} on ${name} carry the ids that they are sent with`, () => {
      fc.assert(
        fc.property(fc.array(IDS, { minLength: 1, maxLength: 40 }), fc.nat(70_000), (ids, size) => {
          const { link, socket } = createLink(serializer, framing);
          const argument = 'x'.repeat(size);
          const call = new FrameTemplate(link, Msg.CALL, (id) =>
            encodeMessage(serializer, Msg.CALL, { id, text: 'com.example.procedure', args: [argument] }),
          );
          const answer = new FrameTemplate(link, Msg.YIELD, (id) =>
            encodeMessage(serializer, Msg.YIELD, { id, args: [argument] }),
          );
          for (const id of ids) {
            call.send(id);
            answer.send(id);
          }
          link.flush();
          const messages = received(framing, serializer, Buffer.concat(socket.written));
          assert.deepEqual(
            messages.map(({ code, first }) => [code, first]),
            ids.flatMap((id) => [
              [Msg.CALL, id],
              [Msg.YIELD, id],
            ]),
          );
          for (const message of messages) assert.deepEqual(serializer.decodePayload(message), [[argument]]);
        }),
        { numRuns: 25 },
      );
    });
  }
}
