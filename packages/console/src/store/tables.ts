/** The tables of the newest migration, for kysely. Their columns are those of the migrations, in every database. Pure. */

/** One row: the identity of the console. */
interface ConsoleRow {
  readonly id: string;
  readonly node_name: string;
}

/** A launched node. A name is unique only within its place, because two clusters may have nodes of the same name. */
interface LaunchedNodeRow {
  readonly place: string;
  readonly name: string;
  readonly id: string;
  readonly kind: string;
  readonly port: number;
  readonly os_pid: number;
  /** 1 if it lives on without a console, else 0. */
  readonly keep: number;
  /** 1 if it joins the other nodes of its place, else 0. */
  readonly joins: number;
  readonly memory_mb: number | null;
}

/** A cluster, and how it is attached if `request` is not null. Its cookie is in the table `secrets`. */
interface ClusterRow {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly production: number;
  /** 1 if users may act inside of its nodes, else 0. */
  readonly acting: number;
  readonly request: string | null;
  /** A uid. */
  readonly cookie_owner: number | null;
}

/** Every secret of the store is in this table and in no other: whatever is shown or exported leaves it out. */
interface SecretRow {
  /** What the secret belongs to: the key of a place, `cluster` and the name of an attached cluster, or `restart` and the name of a node. */
  readonly owner: string;
  /** Which of its secrets: `cookie`, `link` and the name of a node, or `request`. */
  readonly name: string;
  readonly value: string;
}

/** A session. PostgreSQL returns 64-bit numbers as text. */
interface SessionRow {
  readonly digest: string;
  readonly tag: string;
  readonly created_at: number | string;
  readonly seen_at: number | string;
}

/** An entry of the audit log, numbered in the order of the log. */
interface AuditEntryRow {
  readonly seq: number | string;
  readonly at: number | string;
  readonly actor: string;
  readonly act: string;
  readonly node: string | null;
  readonly peer: string | null;
  readonly entry: string;
}

/** An open shell. Its handle and its screen are sealed where others can read the database. */
interface OpenShellRow {
  readonly id: string;
  readonly node: string;
  readonly kind: string;
  readonly number: number;
  readonly cols: number;
  readonly rows: number;
  readonly opened_at: number | string;
  readonly handle: string;
  readonly screen: string;
}

/** A restart that is under way. How the node is launched again is in the table `secrets`. */
interface PendingRestartRow {
  readonly node: string;
  readonly os_pid: number | null;
}

/** A console, as the others with the same store see it. */
interface SharedConsoleRow {
  readonly id: string;
  readonly label: string;
  readonly url: string | null;
  readonly seen_at: number | string;
  /** Counts the changes of `nodes`. */
  readonly revision: number | string;
  /** Its nodes, as JSON. */
  readonly nodes: string;
}

/** The tables that several consoles share. */
export interface SharedTables {
  readonly shared_consoles: SharedConsoleRow;
}

/** The tables, by name. */
export interface Tables {
  readonly clusters: ClusterRow;
  readonly consoles: ConsoleRow;
  readonly launched_nodes: LaunchedNodeRow;
  readonly secrets: SecretRow;
  readonly sessions: SessionRow;
  readonly audit_entries: AuditEntryRow;
  readonly open_shells: OpenShellRow;
  readonly pending_restarts: PendingRestartRow;
}
