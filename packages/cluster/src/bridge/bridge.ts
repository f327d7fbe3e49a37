/**
 * The contract of a bridge: while it is open, stock Erlang and Elixir nodes on this computer reach one node behind a
 * tunnel by its own name. A bridge does not run a node itself and does not close the tunnel.
 */

/** Command lines for a POSIX shell. None holds a secret. */
export interface BridgeCommands {
  /** Opens an IEx shell on the remote node. */
  readonly iexRemote: string;
  /** Opens an Erlang shell on the remote node. */
  readonly erlRemote: string;
  /** Starts a local IEx node that can connect to the remote node. */
  readonly iex: string;
  /** Starts a local Erlang node that can connect to the remote node. */
  readonly erl: string;
}

/** Options that both kinds of bridge share. */
export interface BridgeOptions {
  /** Full name of the remote node, as the node itself writes it. */
  readonly node: string;
  /** EPMD port on the remote host. Default 4369. */
  readonly epmdPort?: number | undefined;
  /** Local port that leads to the node. Default: any free port. */
  readonly port?: number | undefined;
  /** Cookie of the remote node, passed on in a file that only its owner can read. Default: the local nodes use their own. */
  readonly cookie?: string | undefined;
  /** Environment in which to find programs (PATH) and the cache folder (HOME, XDG_CACHE_HOME). Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Called with the reason when a local node's connection is refused. */
  readonly onRefused?: ((error: Error) => void) | undefined;
}

/** An open bridge to one remote node. */
export interface Bridge extends AsyncDisposable {
  /** Full name of the remote node. */
  readonly node: string;
  /** Local addresses at which the node is reached. */
  readonly hosts: readonly string[];
  /** Local port at which the node is reached. */
  readonly port: number;
  readonly commands: BridgeCommands;
  /** Variables that make any other program running on Erlang use the bridge, given a node name of the right form. */
  readonly environment: Readonly<Record<string, string>>;
  /** Releases ports and addresses and removes the files. Idempotent. */
  close(): Promise<void>;
}
