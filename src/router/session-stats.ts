import type { Clock, Timer } from '../wamp/clock.ts';
import type { Dict } from '../wamp/dict.ts';
import type { Member } from './member.ts';
import { serializerOf } from './meta/session-details.ts';
import type { Peer } from './peer.ts';
import type { Traffic } from './traffic.ts';

/** When statistics of a session are told while it lives. Crossbar: `stats` of a realm. */
export interface StatsOptions {
  /** Bytes. */
  readonly ratedMessageSize: number;
  /** 0: not by their number. */
  readonly afterRatedMessages: number;
  /** Milliseconds; 0: not by time. */
  readonly afterDuration: number;
  readonly onJoin: boolean;
  readonly onLeave: boolean;
}

export interface StatsPorts {
  readonly clock: Clock;
  /** Whether anybody would learn of it. */
  readonly wanted: () => boolean;
  readonly publish: (args: readonly unknown[]) => void;
}

/** Statistics of a session, from one time they were told to the next. */
export interface StatsPeriod {
  readonly traffic: Traffic;
  cycle: number;
  /** Time of day and monotonic time of its beginning, in milliseconds. */
  date: number;
  began: number;
  told: boolean;
  /** Runs out when it is time to tell. */
  timer: Timer | null;
  /** Whether it is to be told at the end of this turn. */
  due: boolean;
}

/**
 * `wamp.session.on_stats`: what a session sent and received since it was last told. Crossbar: when it ends,
 * always; before that as `stats` of the realm say.
 */
export class SessionStats {
  readonly #options: StatsOptions | null;
  readonly #ports: StatsPorts;
  #publishing = false;

  constructor(options: StatsOptions | null, ports: StatsPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  joined(member: Member): void {
    const { traffic } = member.peer;
    if (traffic === null || member.trusted) return;
    const { clock } = this.#ports;
    const times = { date: clock.date().getTime(), began: clock.now() };
    const period: StatsPeriod = { traffic, cycle: 0, ...times, told: false, timer: null, due: false };
    member.period = period;
    const options = this.#options;
    if (options === null) return;
    traffic.ratedSize = options.ratedMessageSize;
    traffic.onCount = () => this.#look(member, period, options);
    if (options.onJoin) this.#tell(member, period, false);
  }

  /** @param quiet whether nobody is to be told */
  left(member: Member, quiet: boolean): void {
    const { period } = member;
    if (period === null) return;
    member.period = null;
    period.timer?.cancel();
    period.traffic.onCount = null;
    if (!quiet && this.#options?.onLeave !== false) this.#tell(member, period, true);
  }

  /** It is told later, not among the messages that are being routed. */
  #look(member: Member, period: StatsPeriod, options: StatsOptions): void {
    // Telling is no reason to tell: else a session that subscribes to this would be told for ever.
    if (period.due || this.#publishing) return;
    const { afterRatedMessages: most, afterDuration: longest } = options;
    if (most > 0 && period.traffic.rated >= most) {
      period.due = true;
      this.#tellIn(0, member, period);
    } else if (longest > 0 && period.timer === null) {
      this.#tellIn(Math.max(0, period.began + longest - this.#ports.clock.now()), member, period);
    }
  }

  #tellIn(delay: number, member: Member, period: StatsPeriod): void {
    period.timer?.cancel();
    period.timer = this.#ports.clock.setTimer(() => {
      period.timer = null;
      this.#tell(member, period, false);
    }, delay);
  }

  #tell({ peer }: Member, period: StatsPeriod, last: boolean): void {
    const { clock, wanted, publish } = this.#ports;
    const { traffic } = period;
    period.cycle++;
    period.due = false;
    if (wanted()) {
      this.#publishing = true;
      try {
        publish([shortInfo(peer), statsOf(peer, period, clock.now(), last)]);
      } finally {
        this.#publishing = false;
      }
    }
    period.told = true;
    period.date = clock.date().getTime();
    period.began = clock.now();
    traffic.reset();
  }
}

function shortInfo({ realm, session, authid, authrole }: Peer): Dict {
  return { realm, session, authid, authrole };
}

/** Times are nanoseconds, as Crossbar tells them. */
function statsOf(peer: Peer, period: StatsPeriod, now: number, last: boolean): Dict {
  const { bytes, messages, rated } = period.traffic;
  return {
    cycle: period.cycle,
    serializer: serializerOf(peer.transport),
    timestamp: BigInt(period.date) * 1_000_000n,
    duration: Math.round((now - period.began) * 1_000_000),
    bytes,
    messages,
    rated_messages: rated,
    first: !period.told,
    last,
  };
}
