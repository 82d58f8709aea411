import type { Dict } from '../wamp/dict.ts';
import { Msg } from '../wamp/messages.ts';
import type { Requests } from './requests.ts';
import { optionsDict, type SessionLine } from './session-line.ts';

/** Options of a publication; each may be left out. */
export interface PublishOptions {
  /** Keyword arguments. */
  readonly kwargs?: Readonly<Dict>;
  /** Asks the router whether it took the event. */
  readonly acknowledge?: boolean;
  /** Whether the publisher itself gets no event, though it subscribes; default true. */
  readonly excludeMe?: boolean;
  /** Sessions that get no event [WAMP: Subscriber Black- and Whitelisting]; so on for authids and authroles. */
  readonly exclude?: readonly number[];
  readonly excludeAuthid?: readonly string[];
  readonly excludeAuthrole?: readonly string[];
  /** The only sessions that get an event; so on for authids and authroles. */
  readonly eligible?: readonly number[];
  readonly eligibleAuthid?: readonly string[];
  readonly eligibleAuthrole?: readonly string[];
  /** Asks the router to keep the event for later subscribers (Crossbar: event retention). */
  readonly retain?: boolean;
  /** Asks that subscribers learn who publishes; the router's permissions decide. */
  readonly discloseMe?: boolean;
  /** Further PUBLISH.Options, sent as they are. */
  readonly rawOptions?: Readonly<Dict>;
}

/** The publisher's side of a session. */
export class Publications {
  readonly #line: SessionLine;
  readonly #requests: Requests;

  constructor(line: SessionLine, requests: Requests) {
    this.#line = line;
    this.#requests = requests;
  }

  /** Publishes without asking; returns whether the event was sent. */
  send(topic: string, args: readonly unknown[], options: PublishOptions): boolean {
    const line = this.#line;
    const payload = line.pack(args, options.kwargs);
    return line.open && line.send(Msg.PUBLISH, line.nextRequest(), 0, publishDict(options), topic, payload);
  }

  /** Publishes and resolves to the publication's id. */
  async acknowledged(topic: string, args: readonly unknown[], options: PublishOptions): Promise<number> {
    const payload = this.#line.pack(args, options.kwargs);
    return this.#requests.request(Msg.PUBLISH, 0, publishDict(options), topic, payload, (publication) => publication);
  }
}

function publishDict(options: PublishOptions): Dict {
  return optionsDict(options.rawOptions, {
    acknowledge: options.acknowledge,
    exclude_me: options.excludeMe,
    exclude: options.exclude,
    exclude_authid: options.excludeAuthid,
    exclude_authrole: options.excludeAuthrole,
    eligible: options.eligible,
    eligible_authid: options.eligibleAuthid,
    eligible_authrole: options.eligibleAuthrole,
    retain: options.retain,
    disclose_me: options.discloseMe,
  });
}
