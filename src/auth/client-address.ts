import { BlockList, isIP } from 'node:net';

/** Where many clients may come from at once, behind one address: proxies mostly. Nothing is counted for them unless it is configured who the proxies are. */
const SHARED = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

/** Made once: by the first that needs it. */
let sharedNetworks: BlockList | null = null;

const MOST_HOPS = 32;

/**
 * By which address a client counts where something is bounded per address, such as failed logins.
 *
 * `X-Forwarded-For` is believed from the configured proxies only, and only as far back as they wrote it: what is
 * left of the last address that is none of theirs, anybody may have written.
 */
export class ClientAddresses {
  readonly #proxies: BlockList | null;
  readonly #shared: BlockList;
  /** The address asked about last, and what it counts as by itself. */
  #last: string | null = null;
  #lastKey: string | null = null;

  /** @param proxies addresses and networks; null: unknown, then nobody is counted who comes from a private network */
  constructor(proxies: readonly string[] | null) {
    this.#proxies = proxies === null ? null : listOf(proxies);
    sharedNetworks ??= listOf(SHARED);
    this.#shared = this.#proxies ?? sharedNetworks;
  }

  /**
   * @param address the other end of the connection; null: none, as of a Unix socket
   * @param forwarded `X-Forwarded-For`, looked up where proxies are configured
   * @returns null where the client is not counted
   */
  of(address: string | null, forwarded: () => string | undefined): string | null {
    if (address === null) return null;
    // It is asked twice for each connection, and working it out costs more than all else that a connection needs here.
    if (address !== this.#last) {
      this.#lastKey = isIP(address) === 0 || has(this.#shared, address) ? null : keyOf(address);
      this.#last = address;
    }
    if (this.#lastKey !== null || this.#proxies === null || isIP(address) === 0) return this.#lastKey;
    const hops = forwarded()?.split(',').slice(-MOST_HOPS).reverse() ?? [];
    for (const hop of hops) {
      const client = hop.trim();
      if (isIP(client) === 0) return null;
      if (!has(this.#shared, client)) return keyOf(client);
    }
    return null;
  }
}

/** The address in a `TransportDetails.peer`, or null. */
export function addressOfPeer(peer: string): string | null {
  return /^tcp[46]:(.+):\d+$/.exec(peer)?.[1] ?? null;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address));
}

/** Of what is an address: `isIP` compiles an expression the first time, which takes a twentieth of the start of a node. */
function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** One customer has 2^64 addresses of IPv6: they count as one. */
function keyOf(address: string): string {
  if (isIP(address) === 4) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...after];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
