/** The open dialog; only one can be open at a time. */

import type {
  DoctorRequest,
  LaunchRequest,
  NodeKind,
  Problem,
  ReconnectResultView,
} from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';

/** A launch that the console has refused, to be corrected in the form. */
export interface RefusedLaunch {
  readonly request: LaunchRequest;
  readonly problem: Problem;
  /** Id of the node that has ended and is removed before the launch; its variables are not known to the page. */
  readonly replaces?: string;
}

export type OpenDialog =
  /** With a kind and a place that are chosen at first. */
  | {
      readonly kind: 'launch';
      readonly of?: NodeKind | undefined;
      readonly place?: string | undefined;
      readonly refused?: RefusedLaunch;
    }
  /** `node` is an id, here and below. */
  | { readonly kind: 'delete'; readonly node: string }
  | { readonly kind: 'deleteMany'; readonly nodes: readonly string[] }
  /** The keys of the page. */
  | { readonly kind: 'keys' }
  /** With a host, shows that host; without one, asks for the target. */
  | { readonly kind: 'ssh'; readonly host?: string | undefined }
  /** With a place, shows that place; without one, asks for the token and the environment. */
  | { readonly kind: 'railway'; readonly place?: string }
  | { readonly kind: 'doctor'; readonly request: DoctorRequest }
  | { readonly kind: 'endShell'; readonly shellId: string }
  /** With a cluster that could not be attached, shows why, with its fields as typed. */
  | { readonly kind: 'connect'; readonly cluster?: string | undefined }
  /** `cluster` is an id, here and below. */
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'leaveCluster'; readonly cluster: string }
  | { readonly kind: 'reconnected'; readonly cluster: string; readonly result: ReconnectResultView }
  /** Two nodes of the same cluster. */
  | { readonly kind: 'disconnect'; readonly node: string; readonly other: string }
  | { readonly kind: 'palette' }
  | undefined;

export const openDialog: Signal<OpenDialog> = signal(undefined);

export function closeDialog(): void {
  openDialog.value = undefined;
}
