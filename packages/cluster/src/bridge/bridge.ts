/**
 * The contract of a bridge: while it is open, stock Erlang and Elixir nodes of this computer reach one node behind a
 * tunnel by its own name. A bridge runs no node itself and does not close the tunnel.
 */

/** Command lines for a POSIX shell. None holds a secret. */
export interface BridgeCommands {
  /** An IEx of the remote node. */
  readonly iexRemote: string;
  /** An Erlang shell of the remote node. */
  readonly erlRemote: string;
  /** An IEx node of one's own that can connect to the remote node. */
  readonly iex: string;
  /** An Erlang node of one's own that can connect to the remote node. */
  readonly erl: string;
}

export interface BridgeOptions {
  /** Full name of the remote node, as it calls itself. */
  readonly node: string;
  /** Port of the EPMD of the remote host. Default 4369. */
  readonly epmdPort?: number | undefined;
  /** Port of this computer that leads to the node. Default: any free one. */
  readonly port?: number | undefined;
  /** Cookie of the remote node, handed on in a file only its owner reads. Default: the local nodes use their own. */
  readonly cookie?: string | undefined;
  /** Says where programs are (PATH) and where files go (HOME, XDG_CACHE_HOME). Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Told why a local node was not let through. */
  readonly onRefused?: ((error: Error) => void) | undefined;
}

export interface Bridge extends AsyncDisposable {
  /** Full name of the remote node. */
  readonly node: string;
  /** Where it is reached on this computer. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly commands: BridgeCommands;
  /** What makes any other program that runs on Erlang use the bridge, beside a name of the right form. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes back ports, addresses and files. Idempotent. */
  close(): Promise<void>;
}
