/** The connections to other nodes, which Erlang's tools see as the TCP ports of this node. */

import { isIPv4 } from 'node:net';
import { atomOf, Port, type Term, type Tuple, tuple } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { badArgument, charlist, entry, nameOf } from './tool-function.ts';

interface Line {
  readonly port: Port;
  readonly peer: string;
}

/** Gives each connected node a port, which it keeps while it is connected. */
export class Ports {
  readonly #core: NodeCore;
  readonly #ids = new Map<string, bigint>();
  #lastId = 0n;

  constructor(core: NodeCore) {
    this.#core = core;
    core.onNodeDown((peer) => this.#ids.delete(peer));
  }

  get all(): readonly Port[] {
    return this.#lines().map(({ port }) => port);
  }

  /** `erlang:port_info/1`; `undefined` when the connection is gone. */
  info(port: Term): Term {
    const line = this.#find(port);
    return line === undefined ? undefined : this.#usual(line);
  }

  /** `erlang:port_info/2`. Throws `badarg` for an item that Erlang does not have. */
  item(port: Term, item: Term): Term {
    const line = this.#find(port);
    const name = nameOf(item);
    const known = line === undefined ? undefined : [...this.#usual(line), ...this.#more(line)];
    if (name === 'registered_name') return line === undefined ? undefined : [];
    const found = known?.find((each) => each.at(0) === item);
    if (found === undefined && known !== undefined) throw badArgument();
    return found;
  }

  /** The list of `observer_backend:get_port_list/0`. */
  list(): Term {
    return this.#lines().map((line) => [
      entry('port_id', line.port),
      ...this.#usual(line),
      ...this.#more(line),
      this.#inet(line),
    ]);
  }

  #lines(): Line[] {
    return this.#core.connections.list('connected').map((peer) => ({ peer, port: this.#portOf(peer) }));
  }

  #portOf(peer: string): Port {
    let id = this.#ids.get(peer);
    if (id === undefined) {
      id = this.#lastId += 1n;
      this.#ids.set(peer, id);
    }
    return new Port(this.#core.name, id, this.#core.creation);
  }

  #find(term: Term): Line | undefined {
    if (!(term instanceof Port) || term.node !== this.#core.name) throw badArgument();
    return this.#lines().find(({ port }) => port.id === term.id && port.creation === term.creation);
  }

  #usual({ port, peer }: Line): Tuple[] {
    const stats = this.#core.connections.find(peer)?.stats;
    return [
      entry('name', charlist('tcp_inet')),
      entry('links', [this.#core.pid]),
      entry('id', port.id),
      entry('connected', this.#core.pid),
      entry('input', stats?.bytesIn ?? 0),
      entry('output', stats?.bytesOut ?? 0),
      entry('os_pid', undefined),
    ];
  }

  #more({ peer }: Line): Tuple[] {
    return [
      entry('monitors', []),
      entry('monitored_by', []),
      entry('parallelism', false),
      entry('locking', false),
      entry('queue_size', this.#core.connections.find(peer)?.bufferedBytes ?? 0),
      entry('memory', 0),
    ];
  }

  #inet({ peer }: Line): Tuple {
    const connection = this.#core.connections.find(peer);
    const stats = connection?.stats;
    const statistics = [
      entry('recv_oct', stats?.bytesIn ?? 0),
      entry('recv_cnt', stats?.messagesIn ?? 0),
      entry('send_oct', stats?.bytesOut ?? 0),
      entry('send_cnt', stats?.messagesOut ?? 0),
      entry('send_pend', connection?.bufferedBytes ?? 0),
    ];
    return entry('inet', [
      entry('statistics', statistics),
      ...remoteEnd(connection?.remoteAddress),
      entry('options', [entry('node', atomOf(peer))]),
    ]);
  }
}

/** `{remote_address, {A, B, C, D}}, {remote_port, Port}` of the text that a connection has for its other end; nothing for IPv6. */
function remoteEnd(text: string = ''): readonly Tuple[] {
  const [, address, port] = /^([\d.]+):(\d+)$/.exec(text) ?? [];
  if (address === undefined || !isIPv4(address)) return [];
  const numbers = address.split('.').map(Number);
  return [entry('remote_address', tuple(...numbers)), entry('remote_port', Number(port))];
}
