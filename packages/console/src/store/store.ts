/**
 * The contract of the console's store: what survives a restart, typed by what the console keeps. Types only. The
 * conformance suite `test/conformance/store.ts` holds every implementation to it. Pure.
 *
 * A write has been saved when its promise resolves. Concurrent writes take effect in the order of their calls. A failed
 * write rejects with `ConsoleError` and changes nothing.
 */

import type { NodeLanguage } from '@convoy/node/names';

/** What identifies a console to its nodes and to browsers. The same as long as the store is. */
export interface ConsoleIdentity {
  /** Public id, eight hex digits: tells its session cookie from those of other consoles behind the same host name. */
  readonly id: string;
  /** Full name of the console's own node. Link cookies of launched nodes are valid for this name only. */
  readonly node: string;
}

/** A launched node that may outlive the console. */
export interface LaunchedNodeRecord {
  /** Name of its folder where it runs. */
  readonly id: string;
  /** Full name. */
  readonly name: string;
  readonly kind: NodeLanguage;
  readonly port: number;
  readonly osPid: number;
  /** Whether it lives on without a console. */
  readonly keep: boolean;
  /** Whether it joins the other nodes of its place. */
  readonly join: boolean;
  /** Its memory limit in MB. */
  readonly memoryMb?: number | undefined;
  /** Secret. */
  readonly linkCookie: string;
}

/** The nodes that were launched in one place, and their common cookie. */
export interface PlaceRecord {
  /** Key of the place: `local`, `ssh://ops@db1`. */
  readonly place: string;
  /** Secret. */
  readonly cookie: string;
  readonly nodes: readonly LaunchedNodeRecord[];
}

/** A cluster: how it is marked, and how it is attached if the console did not start it. */
export interface ClusterRecord {
  /** `local`, the key of a place, or the name of an attached cluster. */
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly production: boolean;
  /** Whether users may act inside of its nodes: kill processes, trace, send. */
  readonly acting: boolean;
  /** How it is attached again. */
  readonly attached?:
    | {
        /** The request by which it was attached, as JSON, without secrets. */
        readonly request: string;
        /** The uid of the owner of the cookie file, if the cookie was read from one. */
        readonly owner?: number | undefined;
        /** Secret. */
        readonly cookie: string;
      }
    | undefined;
}

/** A login session of a browser: the digest of its secret, and its times in milliseconds since 1970. */
export interface SavedSession {
  readonly digest: string;
  readonly createdAt: number;
  readonly seenAt: number;
}

/** A shell that waits on its node while no console is connected. */
export interface OpenShellRecord {
  readonly id: string;
  /** The id of its node. */
  readonly node: string;
  readonly kind: 'iex' | 'erl';
  /** Its number among the shells of the node. */
  readonly number: number;
  readonly cols: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  /** What finds it on the node. */
  readonly handle: string;
  /** What it showed last, as terminal text. May contain secrets. */
  readonly screen: string;
}

/** A kept node that is being stopped, to be launched again. */
export interface PendingRestartRecord {
  /** Full name. */
  readonly node: string;
  /** The process that is being stopped. */
  readonly osPid?: number | undefined;
  /** How it is launched again, as JSON. May contain secrets. */
  readonly request: string;
}

/** Secrets that are in files of the data directory. Only a backup has them in its store. */
export interface DirectorySecrets {
  readonly token?: string | undefined;
  readonly cookie?: string | undefined;
}

/** An entry of the audit log, for searching. */
export interface AuditRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: string;
  /** What was done: `node.launch`. */
  readonly act: string;
  /** The nodes that it is about. */
  readonly node?: string | undefined;
  readonly peer?: string | undefined;
  /** The whole entry, as JSON. */
  readonly text: string;
}

/** Which entries to find. All conditions that are given must hold. */
export interface AuditFilter {
  /** A node by its id, or by the part of its name before the `@`. */
  readonly node?: string | undefined;
  /** An act, `node.launch`, or what precedes the point in several, `node`. */
  readonly act?: string | undefined;
  readonly actor?: string | undefined;
  /** From this time on, in milliseconds since 1970. */
  readonly from?: number | undefined;
  /** Before this time. */
  readonly to?: number | undefined;
  /** Only entries with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** An entry that was found. Later entries have higher numbers. */
export interface FoundAuditRecord extends AuditRecord {
  readonly seq: number;
}

export interface IdentityRecords {
  /** The identity; `undefined` in a new store. */
  load(): Promise<ConsoleIdentity | undefined>;
  /** Replaces the identity. */
  save(identity: ConsoleIdentity): Promise<void>;
}

export interface LaunchedNodeRecords {
  /** Every place with at least one node, in the order of their keys. */
  all(): Promise<readonly PlaceRecord[]>;
  /** Saves a node and the cookie of its place. Replaces a node of the same name in the same place. */
  save(place: string, cookie: string, node: LaunchedNodeRecord): Promise<void>;
  /** Deletes a node, and with the last node of a place the cookie of the place. Does nothing if it is not there. */
  delete(place: string, name: string): Promise<void>;
}

export interface ClusterRecords {
  /** All clusters, in the order of their ids. */
  all(): Promise<readonly ClusterRecord[]>;
  /** Saves a cluster. Replaces one with the same id. */
  save(cluster: ClusterRecord): Promise<void>;
  /** Deletes a cluster and its cookie. Does nothing if it is not there. */
  delete(id: string): Promise<void>;
}

export interface SessionRecords {
  /** The sessions with this tag. A session is worthless without the secrets that its tag was made from. */
  load(tag: string): Promise<readonly SavedSession[]>;
  /** Saves sessions under a tag. Replaces those of the same digest. */
  save(tag: string, sessions: readonly SavedSession[]): Promise<void>;
  /** Deletes sessions by their digests. */
  delete(digests: readonly string[]): Promise<void>;
  /** Deletes every session with another tag. */
  deleteOthers(tag: string): Promise<void>;
  deleteAll(): Promise<void>;
}

export interface OpenShellRecords {
  /** All shells, the oldest first. */
  all(): Promise<readonly OpenShellRecord[]>;
  /** Saves a shell. Replaces one with the same id. */
  save(shell: OpenShellRecord): Promise<void>;
  /** Deletes a shell. Does nothing if it is not there. */
  delete(id: string): Promise<void>;
}

export interface PendingRestartRecords {
  /** All restarts, in the order of the names. */
  all(): Promise<readonly PendingRestartRecord[]>;
  /** Saves a restart. Replaces one of the same node. */
  save(restart: PendingRestartRecord): Promise<void>;
  /** Deletes the restart of a node. Does nothing if it is not there. */
  delete(node: string): Promise<void>;
}

export interface DirectorySecretRecords {
  load(): Promise<DirectorySecrets>;
  /** Replaces them. Without arguments, it deletes them. */
  save(secrets?: DirectorySecrets): Promise<void>;
}

export interface AuditRecords {
  /** Adds entries in this order, and deletes the oldest ones when there are more than `keep`. */
  add(entries: readonly AuditRecord[], keep: number): Promise<void>;
  /** The entries that match, the newest first. */
  find(filter: AuditFilter): Promise<readonly FoundAuditRecord[]>;
}

/** A console, as it is known to the others that have the same store. */
export interface SharedConsole {
  readonly id: string;
  /** A name for people. */
  readonly label: string;
  /** Its page, without a token, if others can open it. */
  readonly url?: string | undefined;
}

/** Another console with the same store. */
export interface OtherConsole extends SharedConsole {
  /** When it was last there, in milliseconds since 1970, by the clock of the store. */
  readonly seenAt: number;
  /** How long ago that was. */
  readonly ageMs: number;
  /** Changes with its nodes. */
  readonly revision: number;
}

/** What consoles with one store show one another. None changes what another shows. */
export interface ConsoleRecords {
  /** Registers a console with its nodes, as JSON. Replaces what it has shown before. */
  announce(console: SharedConsole, nodes: string): Promise<void>;
  /** Says that a console is still there. Resolves to `false` if it is not registered. */
  touch(id: string): Promise<boolean>;
  /** Removes a console. */
  leave(id: string): Promise<void>;
  /** The other consoles, at most 50: those that were there last. */
  others(id: string): Promise<readonly OtherConsole[]>;
  /** The nodes of a console, as JSON. Resolves to `undefined` if it is not registered, or shows more than is read. */
  nodesOf(id: string): Promise<string | undefined>;
  /** Removes consoles that have not been there for so long. */
  forgetSilent(ageMs: number): Promise<void>;
}

/** What the store keeps. Each part is a small module beside this file, over tables that a migration created. */
export interface Records {
  readonly identity: IdentityRecords;
  readonly launchedNodes: LaunchedNodeRecords;
  readonly clusters: ClusterRecords;
  readonly sessions: SessionRecords;
  readonly directorySecrets: DirectorySecretRecords;
  readonly audit: AuditRecords;
  readonly openShells: OpenShellRecords;
  readonly pendingRestarts: PendingRestartRecords;
}

/** An open store. */
export interface Store extends Records {
  /** Runs `work` in one transaction: if it rejects, nothing of it remains. */
  transaction<Result>(work: (records: Records) => Promise<Result>): Promise<Result>;
  /** Waits for the writes that were requested, and closes. Idempotent. */
  close(): Promise<void>;
}
