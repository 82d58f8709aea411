import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RouterWorkerConfig } from '../../src/config/schema-worker.ts';
import { nodeWith, parse } from './example-node.ts';

describe('the configuration that comes out', () => {
  it("fills in the defaults of Crossbar's code", () => {
    const { config } = parse({
      version: 2,
      workers: [
        {
          type: 'router',
          realms: [{ name: 'realm1', roles: [{ name: 'anonymous', permissions: [{ uri: '' }] }] }],
          transports: [
            {
              type: 'web',
              endpoint: { type: 'tcp', port: 1 },
              paths: {
                f: { type: 'static', directory: '.' },
                ws: { type: 'websocket' },
                lp: { type: 'longpoll' },
              },
            },
            { type: 'rawsocket', endpoint: { type: 'unix', path: 'x' }, auth: { anonymous: { type: 'static' } } },
          ],
        },
      ],
    });
    const worker = config.workers[0] as RouterWorkerConfig;
    const [web, rawsocket] = worker.transports;
    assert.deepEqual(worker.realms[0], {
      id: 'realm001',
      name: 'realm1',
      options: {
        uri_check: 'loose',
        enable_meta_api: true,
        bridge_meta_api: false,
        event_dispatching_chunk_size: 100,
      },
      roles: [
        {
          id: 'role001',
          name: 'anonymous',
          permissions: [
            {
              uri: '',
              allow: { call: false, register: false, publish: false, subscribe: false },
              disclose: { caller: false, publisher: false },
              cache: false,
            },
          ],
          'allow-by-default': false,
        },
      ],
    });
    assert.ok(web?.type === 'web' && rawsocket?.type === 'rawsocket');
    assert.deepEqual(web.endpoint, { type: 'tcp', version: 4, port: 1, shared: false });
    assert.deepEqual(web.options, {
      access_log: false,
      display_tracebacks: false,
      hsts: false,
      hsts_max_age: 31_536_000,
      client_timeout: null,
    });
    assert.deepEqual(web.paths['f'], {
      id: 'webservice001',
      type: 'static',
      directory: '.',
      options: { enable_directory_listing: false, mime_types: {}, cache_timeout: 43_200 },
    });
    assert.deepEqual(web.paths['lp'], {
      id: 'webservice002',
      type: 'longpoll',
      options: {
        debug: false,
        request_timeout: 10,
        session_timeout: 30,
        queue_limit_bytes: 131_072,
        queue_limit_messages: 100,
        allowed_origins: ['*'],
        login_timeout: 10_000,
        call_timeout_unit: 'ms',
        max_failed_logins: 100,
      },
    });
    const websocket = web.paths['ws'];
    assert.ok(websocket?.type === 'websocket');
    assert.deepEqual(websocket.serializers, ['cbor', 'msgpack', 'ubjson', 'json']);
    assert.equal(websocket.auth, undefined);
    assert.deepEqual(websocket.options, {
      allowed_origins: ['*'],
      allow_null_origin: true,
      enable_hybi10: true,
      enable_rfc6455: true,
      open_handshake_timeout: 0,
      close_handshake_timeout: 0,
      enable_webstatus: true,
      validate_utf8: true,
      mask_server_frames: false,
      require_masked_client_frames: true,
      apply_mask: true,
      max_frame_size: 16_777_216,
      max_message_size: 16_777_216,
      auto_fragment_size: 0,
      fail_by_drop: false,
      echo_close_codereason: false,
      tcp_nodelay: true,
      auto_ping_restart_on_any_traffic: false,
      enable_flash_policy: false,
      require_websocket_subprotocol: true,
      show_server_version: false,
      login_timeout: 10_000,
      max_failed_logins: 100,
      max_outbox_size: 4_194_304,
      call_timeout_unit: 'ms',
    });
    assert.deepEqual(rawsocket.options, {
      max_message_size: 16_777_216,
      login_timeout: 10_000,
      max_failed_logins: 100,
      max_outbox_size: 4_194_304,
      call_timeout_unit: 'ms',
    });
    assert.deepEqual(rawsocket.auth, { anonymous: { type: 'static', role: 'anonymous' } });
  });

  it('counts call timeouts in seconds on each transport that says so', () => {
    const options = { call_timeout_unit: 's' };
    const endpoint = (port: number): object => ({ type: 'tcp', port });
    const paths = { ws: { type: 'websocket', options }, lp: { type: 'longpoll', options } };
    const { config } = parse({
      version: 2,
      workers: [
        {
          type: 'router',
          transports: [
            { type: 'web', endpoint: endpoint(1), paths },
            {
              type: 'universal',
              endpoint: endpoint(2),
              rawsocket: { options },
              websocket: { '/': { options } },
              web: { paths },
            },
          ],
        },
      ],
    });
    const units = JSON.stringify(config.workers[0]).match(/"call_timeout_unit":"\w+"/g);
    assert.deepEqual(units, new Array(6).fill('"call_timeout_unit":"s"'));
  });

  it('keeps what is given', () => {
    const { config } = parse(nodeWith());
    const [, websocket, rawsocket] = (config.workers[0] as RouterWorkerConfig).transports;
    assert.ok(websocket?.type === 'websocket' && rawsocket?.type === 'rawsocket');
    assert.deepEqual(websocket.endpoint, {
      type: 'tcp',
      version: 4,
      portrange: [9000, 9010],
      shared: false,
      tls: {
        key: 'server.key',
        certificate: 'server.crt',
        client_certificates: 'required',
        min_version: '1.2',
        max_version: '1.3',
      },
    });
    assert.deepEqual(rawsocket.options, {
      max_message_size: 1_048_576,
      login_timeout: 5_000,
      max_failed_logins: 100,
      max_outbox_size: 4_194_304,
      call_timeout_unit: 'ms',
    });
    assert.deepEqual(rawsocket.auth?.ticket, {
      type: 'function',
      create: './auth.js#create',
      config: { a: 1 },
      expose_controller: false,
      'authenticator-timeout': 5_000,
    });
    assert.deepEqual(config.controller.options.shutdown, ['shutdown_on_last_worker_exit']);
  });

  it('is frozen to the last leaf', () => {
    const { config } = parse(nodeWith());
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      assert.ok(Object.isFrozen(value));
      Object.values(value).forEach(visit);
    };
    visit(config);
  });
});
