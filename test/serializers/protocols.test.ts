import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Field, layoutOf } from '../../src/serializers/layout.ts';
import {
  formatProtocol,
  protocolByName,
  protocolNames,
  RAWSOCKET_NUMBERS,
  wireIds,
} from '../../src/serializers/protocols.ts';
import { SERIALIZERS, serializerById } from '../../src/serializers/registry.ts';
import { MESSAGE_TABLE } from '../../src/wamp/message-table.ts';
import { Msg } from '../../src/wamp/messages.ts';

describe('serializers', () => {
  it('stand in the registry at their index, and are found by their id', () => {
    for (const [index, serializer] of SERIALIZERS.entries()) {
      assert.equal(serializer.index, index);
      assert.equal(serializerById(serializer.id), serializer);
      assert.equal(serializer.text, serializer.id === 'json');
    }
    assert.equal(serializerById('bson'), undefined);
    assert.equal(serializerById('constructor'), undefined);
  });

  it('have their numbers in RawSocket', () => {
    assert.deepEqual(RAWSOCKET_NUMBERS, { json: 1, msgpack: 2, cbor: 3, ubjson: 4 });
  });
});

describe('subprotocols', () => {
  it('are offered in the order of Crossbar', () => {
    assert.deepEqual(protocolNames(), [
      'wamp.2.cbor.batched',
      'wamp.2.cbor',
      'wamp.2.msgpack.batched',
      'wamp.2.msgpack',
      'wamp.2.ubjson.batched',
      'wamp.2.ubjson',
      'wamp.2.json.batched',
      'wamp.2.json',
    ]);
    assert.deepEqual(protocolNames(['json']), ['wamp.2.json.batched', 'wamp.2.json']);
  });

  it('are found by their name', () => {
    for (const name of protocolNames()) {
      const protocol = protocolByName(name);
      assert.equal(protocol?.batched, name.endsWith('.batched'));
      assert.ok(name.startsWith(`wamp.2.${protocol?.serializer}`));
    }
    for (const name of ['wamp.2.flatbuffers', 'wamp.2', '', 'WAMP.2.JSON', '__proto__']) {
      assert.equal(protocolByName(name), undefined);
    }
  });
});

describe('the two formats that are called ubjson', () => {
  it('have one name on the wire', () => {
    assert.deepEqual(protocolNames(['ubjson12']), ['wamp.2.ubjson.batched', 'wamp.2.ubjson']);
    assert.deepEqual(wireIds(['cbor', 'ubjson12']), ['cbor', 'ubjson']);
  });

  it('are told apart by what a listener speaks', () => {
    assert.equal(formatProtocol('wamp.2.ubjson.batched', ['ubjson']), 'wamp.2.ubjson.batched');
    for (const name of ['wamp.2.ubjson.batched', 'wamp.2.ubjson']) {
      const protocol = protocolByName(formatProtocol(name, ['json', 'ubjson12']));
      assert.deepEqual(protocol, { serializer: 'ubjson12', batched: name.endsWith('.batched') });
    }
    assert.equal(formatProtocol('wamp.2.json', ['json', 'ubjson12']), 'wamp.2.json');
  });
});

describe('layouts', () => {
  it('fit in two integers, one dictionary and one string', () => {
    for (const { code } of MESSAGE_TABLE) {
      const fields = [...(layoutOf(code)?.fields ?? [])];
      assert.ok(fields.filter((field) => field < Field.dict).length <= 2);
      assert.ok(fields.filter((field) => field === Field.dict).length <= 1);
      assert.ok(fields.filter((field) => field > Field.dict).length <= 1);
    }
  });

  it('have a signature that is not remembered', () => {
    assert.deepEqual([...(layoutOf(Msg.AUTHENTICATE)?.fields ?? [])], [Field.secret, Field.dict]);
  });

  it('are there for the messages of the table only', () => {
    const codes = Array.from({ length: 1000 }, (_, code) => code).filter((code) => layoutOf(code) !== undefined);
    assert.deepEqual(
      codes,
      MESSAGE_TABLE.map(({ code }) => code as number).sort((one, other) => one - other),
    );
  });
});
