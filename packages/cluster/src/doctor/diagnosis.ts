/** The doctor's result: the steps taken, the first fault, and warnings. */

/** Stable code for scripts. Faults of SSH, TLS and tunnels have the codes of their errors. */
export type FaultCode =
  | 'NAME_FORM'
  | 'DNS_NO_SUCH_HOST'
  | 'DNS_FAILING'
  | 'NO_COMMON_FAMILY'
  | 'EPMD_DOWN'
  | 'EPMD_SILENT'
  | 'EPMD_NAME_UNKNOWN'
  | 'EPMD_STALE'
  | 'PORT_CLOSED'
  | 'PORT_SILENT'
  | 'NO_ROUTE'
  | 'NOT_A_NODE'
  | 'WRONG_NODE'
  | 'COOKIE'
  | 'NOT_ALLOWED'
  | 'MISSING_FLAGS'
  | 'NAME_TAKEN'
  | 'NODE_SILENT'
  | 'PEER_UNREACHABLE'
  | 'CLOCK_SKEW'
  | 'RETURN_PATH'
  | 'PARTIAL_MESH'
  | 'OLD_RELEASE'
  | `SSH_${string}`
  | `CONNECTION_${string}`
  | `TUNNEL_${string}`
  | 'UNEXPLAINED';

/** One fault or warning. */
export interface Fault {
  readonly code: FaultCode;
  /** What is wrong, in one sentence. */
  readonly sentence: string;
  /** The observations behind it. */
  readonly evidence: readonly string[];
  /** What to do about it. */
  readonly remedy: string;
  /** The value in question, such as the user who owns a port. */
  readonly value?: string;
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
  /** The first fault. */
  readonly fault?: Fault | undefined;
  readonly warnings: readonly Fault[];
}

/** Ends an examination with its first fault. */
export class FaultFound extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.sentence);
    this.fault = fault;
  }
}
