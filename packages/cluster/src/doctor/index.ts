/** The door `@convoy/cluster/doctor`: why a node, or a pair of nodes, does not connect. */

export { diagnosePair, type DiagnosePairOptions } from './diagnose-pair.ts';
export { diagnose, type DiagnoseOptions } from './diagnose.ts';
export type { Diagnosis, DiagnosisStep, Fault, FaultCode } from './diagnosis.ts';
