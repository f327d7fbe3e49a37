/**
 * What another session needs to go on with a shell that waits on its node: the kind, the anchor (repl/anchor.ts), the shell
 * process and the options of the group leader, as a text that can be kept. Only shells with an anchor have one. Pure.
 */

import { decode, encode, Pid, Tuple, tuple } from '@convoy/node/etf';
import { applyOptions, defaultIoOptions, type IoOptions, listOptions } from '../io/io-options.ts';

/** A shell that waits on its node. */
export interface WaitingShell {
  readonly kind: 'iex' | 'erl';
  readonly anchor: Pid;
  readonly shell: Pid;
  /** The options of its group leader, without which it cannot read its input. */
  readonly options: IoOptions;
}

const maxLength = 2000;

export function formatHandle({ kind, anchor, shell, options }: WaitingShell): string {
  const term = tuple(anchor, shell, listOptions(options));
  return `${kind}.${Buffer.from(encode(term)).toString('base64url')}`;
}

/** Reads a handle; `undefined` if it is not one of a shell on `target`: no other node must be asked because of it. */
export function parseHandle(text: string, target: string): WaitingShell | undefined {
  const [, kind, encoded = ''] = /^(iex|erl)\.([\w-]+)$/.exec(text.slice(0, maxLength)) ?? [];
  if (kind !== 'iex' && kind !== 'erl') return undefined;
  try {
    const term = decode(Buffer.from(encoded, 'base64url'));
    const [anchor, shell, changes = false] = term instanceof Tuple ? term.elements : [];
    const options = applyOptions(defaultIoOptions, changes);
    if (!(anchor instanceof Pid) || !(shell instanceof Pid) || options === undefined) return undefined;
    if (anchor.node !== target || shell.node !== target) return undefined;
    // IEx sets it when it starts, which may be after the handle was kept.
    return { kind, anchor, shell, options: kind === 'iex' ? { ...options, binary: true } : options };
  } catch {
    return undefined;
  }
}
