import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { TRUSTED } from '../../src/router/role.ts';
import { MAX_ID } from '../../src/wamp/ids.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { errorOf, eventsOf, resultOf } from './meta-fixture.ts';
import { CLOSED, does, newRealm, realm, type Seat, sit } from './realm-fixture.ts';

beforeEach(() => newRealm({ metaApi: true }));

interface Kind {
  readonly word: 'registration' | 'subscription';
  readonly holder: 'callee' | 'subscriber';
  readonly keeper: 'dealer' | 'broker';
  /** What holders do, and undo. */
  readonly verb: 'register' | 'subscribe';
  readonly begin: number;
  readonly end: number;
  readonly shared: object;
  /** Members of the details beside `id`, `created`, `uri` and `match`. */
  readonly more: object;
}

const KINDS: readonly Kind[] = [
  {
    word: 'registration',
    holder: 'callee',
    keeper: 'dealer',
    verb: 'register',
    begin: Msg.REGISTER,
    end: Msg.UNREGISTER,
    shared: { invoke: 'roundrobin' },
    more: { invoke: 'roundrobin' },
  },
  {
    word: 'subscription',
    holder: 'subscriber',
    keeper: 'broker',
    verb: 'subscribe',
    begin: Msg.SUBSCRIBE,
    end: Msg.UNSUBSCRIBE,
    shared: {},
    more: {},
  },
];

for (const kind of KINDS) {
  const { word, holder, keeper, verb, shared } = kind;
  const at = (name: string): string => `wamp.${word}.${name}`;

  /** Registers or subscribes; returns the id. */
  const hold = (seat: Seat, uri: string, options = {}): number => {
    seat.peer.take();
    does(seat, kind.begin, { first: 5, text: uri, dict: { ...shared, ...options } });
    const answer = seat.peer.take().find(({ name }) => name === `${verb.toUpperCase()}ED` || name === 'SUBSCRIBED');
    assert(answer !== undefined, uri);
    return answer.second;
  };
  const release = (seat: Seat, id: number): void => does(seat, kind.end, { first: 6, second: id });

  describe(`wamp.${word}.…`, () => {
    it('list, lookup, match and get', () => {
      const [seat, other] = [sit(), sit()];
      const exact = hold(seat, 'com.app.one');
      const prefix = hold(other, 'com.app', { match: 'prefix' });
      const wildcard = hold(seat, 'com..one', { match: 'wildcard' });
      assert.deepEqual(
        { ...(resultOf(seat, at('list')) as object) },
        { exact: [exact], prefix: [prefix], wildcard: [wildcard] },
      );
      assert.deepEqual(
        { ...(resultOf(seat, at('list'), [other.peer.session]) as object) },
        { exact: [], prefix: [prefix], wildcard: [] },
      );
      assert.equal(resultOf(seat, at('lookup'), ['com.app.one']), exact);
      assert.equal(resultOf(seat, at('lookup'), ['com.app', { match: 'prefix' }]), prefix);
      assert.equal(resultOf(seat, at('lookup'), ['com.app']), null);
      const match = resultOf(seat, at('match'), ['com.app.one']);
      assert.deepEqual(match, word === 'registration' ? exact : [exact, prefix, wildcard]);
      const best = resultOf(seat, at('match'), ['com.other.one']);
      assert.deepEqual(best, word === 'registration' ? wildcard : [wildcard]);
      assert.equal(resultOf(seat, at('match'), ['org.none']), null);
      const details = resultOf(seat, at('get'), [prefix]) as Record<string, unknown>;
      assert.match(String(details['created']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(
        { ...details, created: '' },
        { id: prefix, created: '', uri: 'com.app', match: 'prefix', ...kind.more },
      );
    });

    it(`list_${holder}s and count_${holder}s`, () => {
      const [seat, other] = [sit(), sit()];
      const id = hold(seat, 'com.app');
      assert.equal(hold(other, 'com.app'), id);
      const sessions = [seat.peer.session, other.peer.session];
      assert.deepEqual(resultOf(seat, at(`list_${holder}s`), [id]), sessions);
      assert.equal(resultOf(seat, at(`count_${holder}s`), [id]), 2);
      realm.leave(other.member);
      assert.equal(resultOf(seat, at(`count_${holder}s`), [id]), 1);
    });

    it(`remove_${holder}: takes it away, and tells the client that understands it`, () => {
      const feature = word === 'registration' ? 'callee.registration_revocation' : 'subscriber.subscription_revocation';
      const [seat, other] = [sit(), sit(undefined, { features: [feature] })];
      const id = hold(other, 'com.app');
      assert.equal(resultOf(seat, at(`remove_${holder}`), [id, other.peer.session, 'com.example.why']), null);
      const [told] = other.peer.take();
      assert.deepEqual([told?.name, told?.first], [word === 'registration' ? 'UNREGISTERED' : 'UNSUBSCRIBED', 0]);
      assert.deepEqual({ ...told?.dict }, { [word]: id, reason: 'com.example.why' });
      const again = hold(other, 'com.app');
      resultOf(seat, at(`remove_${holder}`), [again, other.peer.session]);
      assert.deepEqual({ ...other.peer.take()[0]?.dict }, { [word]: again });
      assert.equal(resultOf(seat, at('lookup'), ['com.app']), null);
    });

    it('say what is not there, in Crossbar’s words', () => {
      const [seat, other] = [sit(), sit()];
      const id = hold(seat, 'com.app');
      const missing = [`wamp.error.no_such_${word}`, `no ${word} with ID 4711 exists on this ${keeper}`];
      for (const name of ['get', `list_${holder}s`, `count_${holder}s`]) {
        assert.deepEqual(errorOf(seat, at(name), [4711]), missing);
      }
      const remove = at(`remove_${holder}`);
      assert.deepEqual(errorOf(seat, remove, [4711, other.peer.session]), missing);
      assert.deepEqual(errorOf(seat, remove, [id, other.peer.session]), [
        `wamp.error.no_such_${word}`,
        `session ${other.peer.session} is not ${verb}${verb === 'register' ? 'ed' : 'd'} on ${word} ${id} on this ${keeper}`,
      ]);
      assert.equal(errorOf(seat, remove, [id, MAX_ID])[0], 'wamp.error.no_such_session');
      assert.equal(errorOf(seat, at('list'), [MAX_ID])[0], 'wamp.error.no_such_session');
      const [uri, sentence] = errorOf(seat, at('lookup'), ['com.app', { match: 'regex' }]);
      assert.deepEqual(
        [uri, sentence],
        ['wamp.error.invalid_argument', 'options: "match" must be one of exact, prefix, wildcard'],
      );
    });

    it('row 94: hide what is the router’s own, and obey permissions', () => {
      const [seat, trusted, closed] = [sit(), sit(TRUSTED), sit(CLOSED)];
      const ids =
        word === 'registration'
          ? [resultOf(trusted, at('lookup'), ['wamp.session.count']) as number]
          : [hold(seat, 'wamp.session.on_join'), hold(seat, 'wamp.', { match: 'prefix' })];
      for (const id of ids) {
        assert.equal(resultOf(trusted, at(`count_${holder}s`), [id]), 1);
        for (const name of ['get', `list_${holder}s`, `count_${holder}s`]) {
          const [uri, sentence] = errorOf(seat, at(name), [id]);
          assert.equal(uri, 'wamp.error.not_authorized');
          assert.match(sentence, /^not authorized to .* for protected URI "wamp\./);
        }
        assert.equal(errorOf(seat, at(`remove_${holder}`), [id, seat.peer.session])[0], 'wamp.error.not_authorized');
      }
      const nothing = { exact: [], prefix: [], wildcard: [] };
      assert.deepEqual({ ...(resultOf(seat, at('list')) as object) }, nothing);
      assert.deepEqual({ ...(resultOf(seat, at('list'), [seat.peer.session]) as object) }, nothing);
      for (const uri of ['wamp.session.count', 'wamp.session.on_join']) {
        assert.equal(resultOf(seat, at('lookup'), [uri]), null);
        assert.equal(resultOf(seat, at('match'), [uri]), null);
      }
      assert.equal(errorOf(closed, at('list'))[0], 'wamp.error.not_authorized');
      const mine = hold(trusted, 'com.app');
      assert.equal(
        errorOf(seat, at(`remove_${holder}`), [mine, trusted.peer.session])[0],
        'wamp.error.no_such_session',
      );
    });

    it('events, in their order, after the client has been answered', () => {
      const watcher = sit();
      const names = ['on_create', `on_${verb}`, `on_un${verb}`, 'on_delete'];
      const topics = new Map(
        names.map((name) => {
          does(watcher, Msg.SUBSCRIBE, { first: 1, text: at(name) });
          return [watcher.peer.take()[0]?.second, name];
        }),
      );
      const seen = (): unknown[] =>
        watcher.peer
          .take()
          .filter((sent) => sent.name === 'EVENT')
          .map(({ first, payload }) => [topics.get(first), ...(payload[0] as unknown[])]);
      const [one, two] = [sit(), sit()];
      let answered = 0;
      one.peer.onSent = () => {
        answered++;
        assert.deepEqual(seen(), [], 'the answer comes first');
      };
      const id = hold(one, 'com.app');
      assert.equal(answered, 1);
      const [[created, session, details] = [], ...rest] = seen() as [string, number, Record<string, unknown>][];
      assert.deepEqual([created, session], ['on_create', one.peer.session]);
      assert.deepEqual({ ...details, created: '' }, { id, created: '', uri: 'com.app', match: 'exact', ...kind.more });
      assert.deepEqual(rest, [[`on_${verb}`, one.peer.session, id]]);
      one.peer.onSent = null;
      hold(two, 'com.app');
      assert.deepEqual(seen(), [[`on_${verb}`, two.peer.session, id]]);
      release(one, id);
      assert.deepEqual(seen(), [[`on_un${verb}`, one.peer.session, id]]);
      realm.leave(two.member);
      assert.deepEqual(seen(), [
        [`on_un${verb}`, two.peer.session, id],
        ['on_delete', two.peer.session, id],
      ]);
    });

    it('row 96: no event tells of the router’s own URIs, not even to a pattern', () => {
      const watcher = sit();
      does(watcher, Msg.SUBSCRIBE, { first: 1, text: 'wamp.', dict: { match: 'prefix' } });
      watcher.peer.take();
      const seat = sit(word === 'registration' ? TRUSTED : undefined);
      eventsOf(watcher);
      const id = hold(seat, 'wamp.mine.topic');
      release(seat, id);
      assert.deepEqual(eventsOf(watcher), []);
      hold(seat, 'com.app');
      assert.equal(eventsOf(watcher).length, 2);
    });
  });
}
