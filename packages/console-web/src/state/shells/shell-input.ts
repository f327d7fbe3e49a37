/**
 * Input of the shells on this page: a queue for each tab, which outlives sockets. Waiting and unsent input is a signal that
 * panes show.
 */

import { signal, type Signal } from '@preact/signals';
import { type HoldReason, InputQueue, type NumberedInput, type PendingInput } from './input-queue.ts';
import { sendMessage } from '../../console-link/live-link.ts';
import { findTab, type ShellTab } from './shell-tabs.ts';

interface TabInput {
  readonly queue: InputQueue;
  /** Identifies this tab of this page, whatever socket it uses. */
  readonly client: string;
  /** Whether some of the waiting input was typed without echo. */
  isSecret: boolean;
}

/** Waiting input of a tab, as a pane shows it. */
export interface ShownInput extends PendingInput {
  readonly isSecret: boolean;
}

const inputs = new Map<string, TabInput>();
/** Waiting or unsent input, by the key of its tab. */
export const pendingInputs: Signal<ReadonlyMap<string, ShownInput>> = signal(new Map());

function inputOf(key: string): TabInput {
  let input = inputs.get(key);
  if (input === undefined) {
    // Unlike randomUUID, this also exists on pages without TLS.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const client = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    input = { queue: new InputQueue(), client, isSecret: false };
    inputs.set(key, input);
  }
  return input;
}

function show(key: string, input: TabInput): void {
  const { pending } = input.queue;
  input.isSecret = pending !== undefined && (input.isSecret || tabOf(key)?.isSecret === true);
  if (pending === undefined && !pendingInputs.value.has(key)) return;
  const next = new Map(pendingInputs.value);
  if (pending === undefined) next.delete(key);
  else next.set(key, { ...pending, isSecret: input.isSecret });
  pendingInputs.value = next;
}

function tabOf(key: string): ShellTab | undefined {
  return findTab((tab) => tab.key === key);
}

/** Sends messages. Those that cannot be written stay in the queue and show up when the socket ends. */
function send(key: string, messages: readonly NumberedInput[]): void {
  const shellId = tabOf(key)?.shellId;
  if (shellId === undefined) return;
  for (const { seq, data } of messages) sendMessage({ type: 'shell.input', shellId, seq, data });
}

function change(key: string, work: (queue: InputQueue) => readonly NumberedInput[] | void): void {
  const input = inputOf(key);
  const messages = work(input.queue) ?? [];
  show(key, input);
  send(key, messages);
}

function isOpen(key: string): boolean {
  const phase = tabOf(key)?.phase;
  return phase !== undefined && phase !== 'ended' && phase !== 'failed';
}

/** Types keys or a paste into a tab. They wait while there is no socket. */
export function typeInto(key: string, data: string): void {
  if (!isOpen(key)) return;
  change(key, (queue) => queue.type(data, Date.now()));
}

export function inputClientOf(key: string): string {
  return inputOf(key).client;
}

/** The console has taken what was typed into a tab up to this number. */
export function confirmInput(key: string, seq: number): void {
  change(key, (queue) => queue.confirm(seq, Date.now()));
}

export function refuseInput(key: string): void {
  change(key, (queue) => queue.refuse());
}

export function detachInputs(): void {
  for (const key of inputs.keys()) change(key, (queue) => queue.detach());
}

export function holdInputs(reason: HoldReason): void {
  for (const key of inputs.keys()) change(key, (queue) => queue.hold(reason));
}

/** Called when the shell of a tab has ended: the waiting input is shown as not sent. */
export function endInput(key: string): void {
  if (inputs.has(key)) change(key, (queue) => queue.detach());
}

export function sendHeldInput(key: string): void {
  change(key, (queue) => queue.sendHeld(Date.now()));
}

export function discardInput(key: string): void {
  change(key, (queue) => queue.discard());
}

export function forgetInput(key: string): void {
  const input = inputs.get(key);
  inputs.delete(key);
  input?.queue.discard();
  if (input !== undefined) show(key, input);
}

/** Has the browser ask before leaving the page, which would lose waiting input. */
export function guardInputs(): void {
  addEventListener('beforeunload', (event) => {
    const waits = [...pendingInputs.value.keys()].some((key) => isOpen(key));
    if (waits) event.preventDefault();
  });
}
