/** What the doctor has seen, as plain data: the only thing that verdicts are made of. Says nothing about causes. Pure. */

/** What came of dialling a port. `unreachable` is an answer from the network on the way, `no-route` one of the machine that dials. */
export type DialOutcome =
  | 'open'
  | 'refused'
  | 'closed'
  | 'silent'
  | 'unreachable'
  | 'no-route'
  | 'forbidden'
  | 'failed';

export interface DialSeen {
  readonly outcome: DialOutcome;
  /** The error code of the system; empty when the port is open. */
  readonly code: string;
  /** The address of the machine that dialled, on that way. */
  readonly localAddress?: string | undefined;
}

/** A name that EPMD knows. */
export interface RegisteredName {
  readonly name: string;
  readonly port: number;
}

/** What came of asking an EPMD. `mute` accepts connections without answering, `stranger` answers something else. */
export interface EpmdSeen {
  readonly outcome: 'answered' | 'mute' | 'stranger' | Exclude<DialOutcome, 'open'>;
  /** The error, for people; empty if it answered. */
  readonly message: string;
  readonly names: readonly RegisteredName[];
}

/** Everything that was seen of one address of the host. */
export interface AddressSeen {
  readonly address: string;
  /** Whether it is an address of the machine that dials. */
  readonly isOwn: boolean;
  readonly epmd?: EpmdSeen | undefined;
  /** The port of the node. */
  readonly port?: DialSeen | undefined;
  /** Other ports, dialled to see whether anything of the host answers. */
  readonly others?: readonly DialSeen[] | undefined;
  /** Whether a machine on the same network has answered for the address; `undefined` if it is not on the same network. */
  readonly neighbour?: 'present' | 'missing' | undefined;
}

export interface ResolutionSeen {
  /** Usable addresses. */
  readonly addresses: readonly string[];
  /** Addresses of a family that is not used. */
  readonly unusable: readonly string[];
  /** Why there are none: `ENOTFOUND`, `ESERVFAIL`. */
  readonly codes: readonly string[];
  /** Whether the host is what the machine that dials calls itself. */
  readonly isOwnName: boolean;
}

/** An error, as data. */
export interface ErrorSeen {
  readonly kind: 'handshake' | 'connection' | 'epmd' | 'other' | 'unknown';
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | undefined;
  /** The value that was refused. */
  readonly value?: string | undefined;
  /** The name of the node that answered in the place of the one that was dialled. */
  readonly found?: string | undefined;
  /** The message of the handshake that was awaited. */
  readonly phase?: string | undefined;
  readonly causes: readonly string[];
}

export interface HandshakeSeen {
  /** Missing if it was successful. */
  readonly error?: ErrorSeen | undefined;
  /** Whether the node answers without TLS; only asked if it does not answer with it. */
  readonly answersWithoutTls?: boolean | undefined;
  /** The first words of a program that speaks before it is asked. */
  readonly greeting?: string | undefined;
}

/** A process that was started as a node, as its arguments and its environment show. */
export interface ProcessSeen {
  readonly osPid: number;
  /** As in its arguments, with or without a host part. */
  readonly name: string;
  /** The port of EPMD that it uses; `undefined` if unknown. */
  readonly epmdPort?: number | undefined;
  /** `false` with `-dist_listen false`. */
  readonly listens: boolean;
}

export interface ListenerSeen {
  readonly address: string;
  readonly port: number;
}

/** What the host itself shows, if it is this machine or one that was logged in to. */
export interface MachineSeen {
  readonly listeners: readonly ListenerSeen[];
  readonly nodes: readonly ProcessSeen[];
}

/** What another node of the cluster shows. */
export interface WitnessSeen {
  readonly name: string;
  /** Whether it is on the host of the target. */
  readonly isSameHost: boolean;
  /** Whether it is connected to the target. */
  readonly isConnected: boolean;
  /** The port of the target, dialled from there: at the loopback address, on the same host, and at the address that was dialled from outside. */
  readonly loopback?: DialSeen | undefined;
  readonly outside?: DialSeen | undefined;
  /** The target's own view, asked through the witness. */
  readonly target?: TargetSeen | undefined;
}

/** What the target says of itself through a node that is connected to it. */
export interface TargetSeen {
  /** Whether it can open no more files. */
  readonly isOutOfFiles: boolean;
  /** Whether it was started with `-dist_listen false`. */
  readonly listens: boolean;
  /** The port of EPMD that it uses. */
  readonly epmdPort?: number | undefined;
}

/** What was seen of a node that can be reached. */
export interface NodeSeen {
  readonly release?: string | undefined;
  /** How far its clock is ahead. */
  readonly skewMs?: number | undefined;
  readonly dialBack?: { readonly address: string; readonly dial: DialSeen } | undefined;
  /** Whether large packets arrive, and come back; `undefined` if not tried. */
  readonly largeThere?: boolean | undefined;
  readonly largeBack?: boolean | undefined;
  readonly largeBytes?: number | undefined;
  readonly mesh?: MeshSeen | undefined;
}

export interface MeshSeen {
  /** `b lacks c`. */
  readonly missing: readonly { readonly node: string; readonly peer: string }[];
  /** In seconds, by node. */
  readonly tickTimes: readonly { readonly node: string; readonly seconds: number }[];
  /** The nodes from which `global` has parted the target to prevent overlapping partitions. */
  readonly parted: readonly { readonly node: string; readonly peer: string }[];
  readonly preventsOverlaps?: boolean | undefined;
}

/** Everything that was seen. What was not looked at is missing. */
export interface Seen {
  readonly node: string;
  readonly name: string;
  readonly host: string;
  /** Where it was dialled from: `this machine`, or the name of a node. */
  readonly from: string;
  /** The name to connect with. */
  readonly ownName?: string | undefined;
  /** 0: either. */
  readonly family: 0 | 4 | 6;
  readonly epmdPort: number;
  /** The port of the node, and whether it came from EPMD. */
  readonly port?: number | undefined;
  readonly isRegistered: boolean;
  readonly isTls: boolean;
  /** What it is dialled through; missing for a direct connection. */
  readonly tunnel?: string | undefined;
  /** An error of the tunnel, or one that nothing else explains. */
  readonly error?: ErrorSeen | undefined;
  readonly resolution?: ResolutionSeen | undefined;
  readonly addresses: readonly AddressSeen[];
  readonly machine?: MachineSeen | undefined;
  readonly witness?: WitnessSeen | undefined;
  readonly handshake?: HandshakeSeen | undefined;
  readonly target?: NodeSeen | undefined;
}
