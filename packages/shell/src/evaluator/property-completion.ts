/**
 * Completes names and properties in a TypeScript shell without running user code: it calls no getters and touches no
 * proxies.
 */

import { types } from 'node:util';
import { commonPrefix } from '../line-editor/completion.ts';
import type { EvaluationContext } from './evaluation-context.ts';

export interface NameCompletion {
  readonly insert: string;
  readonly names: readonly string[];
}

const none: NameCompletion = { insert: '', names: [] };
const maxNames = 500;

/** `a.b?.cd`: the path and the name being typed. Not inside a string or after a number. */
const path = /(?:^|[^\w$.\])'"`])((?:[A-Za-z_$][\w$]*\??\.)*)([A-Za-z_$][\w$]*)?$/;

export function completeName(context: EvaluationContext, before: string): NameCompletion {
  const match = path.exec(before);
  if (match === null) return none;
  const [, parents = '', typed = ''] = match;
  const steps = parents.split(/\??\./).slice(0, -1);
  const names = steps.length === 0 ? globalNames(context) : propertyNames(findValue(context, steps));
  return pick(names, typed);
}

function pick(names: Iterable<string>, typed: string): NameCompletion {
  const fitting = [...new Set(names)]
    .filter((name) => name.startsWith(typed) && /^[A-Za-z_$][\w$]*$/.test(name))
    .sort();
  // Internal names are only offered after the first underscore is typed.
  const shown = typed === '' ? fitting.filter((name) => !name.startsWith('_')) : fitting;
  const insert = commonPrefix(shown).slice(typed.length);
  return { insert: shown.length === 0 ? '' : insert, names: insert === '' ? shown.slice(0, maxNames) : [] };
}

function globalNames(context: EvaluationContext): string[] {
  const globals = context.peek('Object.getOwnPropertyNames(globalThis)');
  return [...context.declaredNames(), ...(Array.isArray(globals) ? globals.map(String) : [])];
}

/** Follows only data properties. */
function findValue(context: EvaluationContext, steps: readonly string[]): unknown {
  const [first = '', ...others] = steps;
  let value = findGlobal(context, first);
  for (const step of others) value = dataProperty(value, step);
  return value;
}

function findGlobal(context: EvaluationContext, name: string): unknown {
  if (context.declaredNames().includes(name)) return context.peek(name);
  const descriptor = Object.getOwnPropertyDescriptor(context.globals, name);
  if (descriptor !== undefined) return 'value' in descriptor ? descriptor.value : undefined;
  return context.peek(name);
}

function dataProperty(value: unknown, name: string): unknown {
  for (const holder of holders(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return 'value' in descriptor ? descriptor.value : undefined;
  }
  return undefined;
}

function propertyNames(value: unknown): string[] {
  return holders(value).flatMap((holder) => Object.getOwnPropertyNames(holder));
}

/** A value and its prototypes. */
function holders(value: unknown): object[] {
  const found: object[] = [];
  let holder: unknown = value === null || value === undefined ? undefined : Object(value);
  while (holder !== null && typeof holder !== 'undefined' && !types.isProxy(holder)) {
    found.push(holder);
    holder = Object.getPrototypeOf(holder);
  }
  return found;
}
