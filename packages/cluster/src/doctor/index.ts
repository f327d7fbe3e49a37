/** The door `@convoy/cluster/doctor`: why a node, a pair of nodes, or all pairs of a cluster do not connect. */

export { diagnosePair, type DiagnosePairOptions } from './diagnose-pair.ts';
export { diagnose } from './diagnose.ts';
export type { DiagnoseOptions, DiagnoseVia } from './diagnose-options.ts';
export type { Diagnosis, DiagnosisStep, Fault, FaultCode, Possibility } from './model/diagnosis.ts';
export { diagnoseMesh, type DiagnoseMeshOptions } from './diagnose-mesh.ts';
export { type MeshMember, type MeshPair, type MeshReport, withoutAddresses } from './model/mesh-report.ts';
