/** Reads what a node tells about one module. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import { failedPart } from '../asking/ask-node.ts';
import type { InspectPart, InspectProblem } from '../read/answer.ts';
import type { Excerpt } from '../processes/read-details.ts';
import {
  type ClusterProcess,
  clusterProcessOf,
  countOf,
  elementsOf,
  fieldsOf,
  given,
  linesOf,
  listOf,
  nameOf,
  textOf,
} from '../read/read-term.ts';
import { maxDocCharacters, maxShown } from './module-program.ts';
import { moduleOf, type ModuleRow } from './read-modules.ts';

/** Documentation of a function or macro. */
export interface FunctionDoc {
  readonly kind: 'function' | 'macro';
  /** `map/2` */
  readonly function: string;
  /** How it is written: `map(enumerable, fun)`. */
  readonly signature: readonly string[];
  /** In Markdown, or plain text where the node has it in another format; the first 8000 characters. Missing if it has none. */
  readonly text?: string;
}

/** Processes that run the old code of a module. */
export interface OldCodeUse {
  /** All processes of the node. */
  readonly total: number;
  /** Those that were asked. */
  readonly asked: number;
  /** Those that did not tell: they were busy, or would have had to collect garbage first. */
  readonly unknown: number;
  /** Those that run it. */
  readonly count: number;
  /** The first of them. */
  readonly processes: readonly (ClusterProcess & { readonly name?: string })[];
}

/** A loaded module. Values are Erlang text, cut by the node. */
export interface ModuleDetails extends ModuleRow {
  /** `map/2` */
  readonly exports: Excerpt<string>;
  /** Without `vsn`. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  /** `version`, `options` and `source`; none in a release that was stripped. */
  readonly compileInfo: readonly { readonly name: string; readonly value: string }[];
  /** Who runs its old code, if it has that and this was asked for. */
  readonly oldCodeUse?: OldCodeUse;
  /** Documentation of the function that was asked for; empty if there is no such function. */
  readonly docs?: InspectPart<readonly FunctionDoc[]>;
}

/** Reads the answer to `moduleBody`; a problem if it is not loaded, `undefined` if it is not an answer. */
export function readModule(
  answer: Term,
  { node, module }: { readonly node: string; readonly module: string },
): ModuleDetails | InspectProblem | undefined {
  if (answer !== undefined && atomName(answer) === 'gone') {
    return { kind: 'gone', message: `The module ${module} is not loaded on ${node}.` };
  }
  const parts = fieldsOf(answer);
  const row = moduleOf({
    module: parts.get('module'),
    file: parts.get('file'),
    md5: parts.get('md5'),
    vsn: parts.get('vsn'),
    isOld: parts.get('old'),
  });
  if (row === undefined) return undefined;
  const [count, exports] = elementsOf(parts.get('exports'));
  const functions = listOf(exports, maxShown.exports).flatMap((one) => signatureOf(one) ?? []);
  return {
    ...row,
    exports: { count: countOf(count) ?? functions.length, items: functions },
    attributes: valuesOf(parts.get('attributes')),
    compileInfo: valuesOf(parts.get('compile')),
    ...given({ oldCodeUse: useOf(parts.get('runners')), docs: docsOf(parts.get('docs'), node) }),
  };
}

function signatureOf(term: Term): string | undefined {
  const [name, arity] = elementsOf(term);
  const [text, count] = [nameOf(name), countOf(arity)];
  return text === undefined || count === undefined ? undefined : `${text}/${count}`;
}

function valuesOf(term: Term): { readonly name: string; readonly value: string }[] {
  return listOf(term, maxShown.attributes).flatMap((one) => {
    const [name, value] = elementsOf(one);
    const text = nameOf(name);
    return text === undefined
      ? []
      : [{ name: text, value: (value === undefined ? '' : textOf(value, 600)) ?? '' }];
  });
}

function useOf(term: Term): OldCodeUse | undefined {
  const [total, asked, unknown, count, processes] = elementsOf(term);
  const numbers = [total, asked, unknown, count].map(countOf);
  const [all, looked, silent, running] = numbers;
  if (all === undefined || looked === undefined || silent === undefined || running === undefined)
    return undefined;
  const read = listOf(processes, maxShown.processes).flatMap((one) => {
    const [pid, name] = elementsOf(one);
    const process = clusterProcessOf(pid);
    return process === undefined ? [] : [{ ...process, ...given({ name: nameOf(name) }) }];
  });
  return { total: all, asked: looked, unknown: silent, count: running, processes: read };
}

function docsOf(term: Term, node: string): InspectPart<readonly FunctionDoc[]> | undefined {
  if (term === undefined || atomName(term) === 'unasked') return undefined;
  const [outcome, value] = elementsOf(term);
  if (outcome === undefined || atomName(outcome) !== 'ok') return { problem: failedPart(node, value) };
  const [tag, entries] = elementsOf(value);
  if (tag !== undefined && atomName(tag) === 'ok') {
    return listOf(entries, maxShown.documents).flatMap((one) => docOf(one) ?? []);
  }
  const why = entries === undefined ? undefined : textOf(entries, 300);
  const message = `${node} has no documentation of this module${why === undefined ? '' : `: ${why}`}. Releases are often stripped of it.`;
  return { problem: { kind: 'unsupported', message } };
}

function docOf(term: Term): FunctionDoc | undefined {
  const [kind, name, arity, signature, text] = elementsOf(term);
  const [called, count] = [nameOf(name), countOf(arity)];
  const kindName = atomName(kind);
  if ((kindName !== 'function' && kindName !== 'macro') || called === undefined || count === undefined)
    return undefined;
  const words =
    text instanceof Uint8Array || typeof text === 'string' ? linesOf(text, maxDocCharacters) : undefined;
  return {
    kind: kindName,
    function: `${called}/${count}`,
    signature: listOf(signature, 5).flatMap((line) => (line === undefined ? [] : (textOf(line, 500) ?? []))),
    ...given({ text: words }),
  };
}
