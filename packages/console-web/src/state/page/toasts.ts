/** Short messages in a corner. Errors stay until they are dismissed; other messages disappear by themselves. */

import type { DoctorRequest, Problem } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { adviceFor } from './field-hints.ts';

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly text: string;
  readonly remedy?: string | undefined;
  /** For a failed connection: the request by which the doctor explains it. */
  readonly doctor?: DoctorRequest | undefined;
}

const infoLifetimeMs = 5000;
const mostToasts = 4;
let nextId = 1;

export const toasts: Signal<readonly Toast[]> = signal([]);

function show(toast: Omit<Toast, 'id'>): number {
  const id = nextId++;
  const others = toasts.value.filter((one) => one.text !== toast.text || one.tone !== toast.tone);
  toasts.value = [...others, { ...toast, id }].slice(-mostToasts);
  return id;
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows information for a few seconds. */
export function showMessage(text: string): void {
  const id = show({ tone: 'info', text });
  setTimeout(() => dismissToast(id), infoLifetimeMs);
}

/** Shows a problem. `doctor` is what to diagnose if a node could not be reached. */
export function showProblem(problem: Problem, doctor?: DoctorRequest): void {
  show({
    tone: 'error',
    text: problem.message,
    remedy: adviceFor(problem) || undefined,
    doctor,
  });
}
