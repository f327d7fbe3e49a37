/** Which dialog lies over the page; one at a time. */

import type { DoctorRequest, NodeKind } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';

export type OpenDialog =
  | { readonly kind: 'launch'; readonly of?: NodeKind }
  | { readonly kind: 'delete'; readonly node: string }
  /** With a host: that one; without: where to. */
  | { readonly kind: 'ssh'; readonly host?: string | undefined }
  /** With a place: that one; without: the way to one. */
  | { readonly kind: 'railway'; readonly place?: string }
  | { readonly kind: 'doctor'; readonly request: DoctorRequest }
  | { readonly kind: 'palette' }
  | undefined;

export const openDialog: Signal<OpenDialog> = signal(undefined);

export function closeDialog(): void {
  openDialog.value = undefined;
}
