/** What the doctor finds: the steps it took, the first thing that is wrong, and what is not wrong but worth knowing. */

/** Stable, for scripts. Those of SSH and TLS are the codes of their errors. */
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

/** One thing that is wrong. */
export interface Fault {
  readonly code: FaultCode;
  /** What is wrong, one sentence. */
  readonly sentence: string;
  /** What was seen. */
  readonly evidence: readonly string[];
  /** What to do, exactly. */
  readonly remedy: string;
  /** The value it is about, such as the user that owns a port. */
  readonly value?: string;
}

export interface DiagnosisStep {
  readonly name: string;
  readonly label: string;
  readonly status: 'ok' | 'failed' | 'warning' | 'skipped';
  readonly detail: string;
  readonly durationMs: number;
}

export interface Diagnosis {
  /** The node that is to be reached, and from where. */
  readonly node: string;
  readonly from: string;
  /** Whether it can be reached; warnings do not count. */
  readonly ok: boolean;
  readonly steps: readonly DiagnosisStep[];
  /** The first thing wrong. */
  readonly fault?: Fault | undefined;
  readonly warnings: readonly Fault[];
}

/** Ends an examination: `fault` is the first thing wrong. */
export class FaultFound extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.sentence);
    this.fault = fault;
  }
}
