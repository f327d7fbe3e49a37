/** The doctor's result: the steps taken, the fault that all observations together point to, and warnings. */

/** Stable code for scripts. Faults of SSH, TLS and tunnels have the codes of their errors. */
export type FaultCode =
  | 'NAME_FORM'
  | 'DNS_NO_SUCH_HOST'
  | 'DNS_FAILING'
  | 'NO_COMMON_FAMILY'
  | 'HOST_IS_LOOPBACK'
  | 'HOST_OFF'
  | 'HOST_SILENT'
  | 'NO_ROUTE'
  | 'REFUSED_ON_THE_WAY'
  | 'FORBIDDEN_HERE'
  | 'EPMD_DOWN'
  | 'EPMD_SILENT'
  | 'EPMD_LOOPBACK'
  | 'EPMD_OTHER_PORT'
  | 'EPMD_NO_BACKEND'
  | 'EPMD_NAME_UNKNOWN'
  | 'EPMD_STALE'
  | 'NOT_LISTENING'
  | 'PORT_CLOSED'
  | 'PORT_LOOPBACK'
  | 'PORT_SILENT'
  | 'PORT_NO_BACKEND'
  | 'NOT_A_NODE'
  | 'WRONG_NODE'
  | 'COOKIE'
  | 'NOT_ALLOWED'
  | 'MISSING_FLAGS'
  | 'NAME_TAKEN'
  | 'NODE_SILENT'
  | 'NO_FILES_LEFT'
  | 'LARGE_PACKETS_LOST'
  | 'NOT_CONNECTED'
  | 'PEER_UNREACHABLE'
  | 'CLOCK_SKEW'
  | 'DEAD_FAMILY'
  | 'NET_TICKTIME'
  | 'RETURN_PATH'
  | 'PARTIAL_MESH'
  | 'OVERLAPPING_PARTITIONS'
  | 'OLD_RELEASE'
  | `SSH_${string}`
  | `HOST_${string}`
  | `CONNECTION_${string}`
  | `TUNNEL_${string}`
  | 'UNEXPLAINED';

/** One of several causes that fit what was seen. */
export interface Possibility {
  readonly cause: string;
  /** How to find out whether it is this one. */
  readonly check: string;
}

/** One fault or warning. */
export interface Fault {
  readonly code: FaultCode;
  /** What is wrong, in one sentence: what was seen, if several causes fit it. */
  readonly sentence: string;
  /** The observations behind it. */
  readonly evidence: readonly string[];
  /** What to do about it. */
  readonly remedy: string;
  /** The causes that fit the observations equally, most common first. Missing if there is only one. */
  readonly possible?: readonly Possibility[] | undefined;
  /** The value in question, such as the user who owns a port. */
  readonly value?: string | undefined;
}

/** One step of a diagnosis that has ended. */
export interface DiagnosisStep {
  /** Stable name, such as `epmd`. */
  readonly name: string;
  /** Name to display. */
  readonly label: string;
  readonly status: 'ok' | 'failed' | 'warning' | 'skipped';
  /** The result, in one line. */
  readonly detail: string;
  readonly durationMs: number;
}

/** The result of `diagnose` and `diagnosePair`. */
export interface Diagnosis {
  /** The node to reach. */
  readonly node: string;
  /** Where it was dialled from. */
  readonly from: string;
  /** Whether it can be reached, regardless of warnings. */
  readonly ok: boolean;
  readonly steps: readonly DiagnosisStep[];
  /** The fault that all observations together point to. */
  readonly fault?: Fault | undefined;
  readonly warnings: readonly Fault[];
}
