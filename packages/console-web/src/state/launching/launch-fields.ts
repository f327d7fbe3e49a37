/**
 * The fields of a launch as typed: what is in them at first, what is wrong with them, and the request that they make. The
 * console describes the fields (`GET /api/platforms`), so a field that is new to this page works like any other of its type.
 * Pure.
 */

import type { FormFieldView, LaunchRequest, NodeKind } from '@convoy/console/protocol';
import { isNodeKind } from '@convoy/node/names';
import type { FieldValue, FieldValues } from '../page/launch-presets.ts';
import { parseVariables } from '../nodes/variable-lines.ts';
import { namePatternProblem } from './name-pattern.ts';

/** Where nodes are launched: the key of a place, and the kind of its platform. */
export interface PlaceRef {
  readonly key: string;
  readonly kind: string;
}

export const localPlace: PlaceRef = { key: 'local', kind: 'local' };

/** What is in a field before anything is typed. */
function firstValue(field: FormFieldView): FieldValue {
  if (field.each !== undefined) return {};
  if (field.type === 'flag') return field.default === true;
  return field.default === undefined ? '' : String(field.default);
}

/** The value of each field: that which was given, if it fits the type of the field, otherwise the first one. */
export function valuesFor(fields: readonly FormFieldView[], given: FieldValues): FieldValues {
  return Object.fromEntries(
    fields.map((field) => {
      const first = firstValue(field);
      const value = given[field.key];
      return [field.key, value !== undefined && typeof value === typeof first ? value : first];
    }),
  );
}

/** The text in a field, as typed. */
export function textIn(values: FieldValues, key: string): string {
  const value = values[key];
  return typeof value === 'string' ? value : '';
}

/** How many nodes are launched; 1 for what is not a number. */
export function countIn(values: FieldValues): number {
  const text = textIn(values, 'count').trim();
  return /^\d{1,4}$/.test(text) ? Math.max(1, Number(text)) : 1;
}

/** Why the console would refuse what is in a field; `undefined` if it would not. */
function fieldProblem(field: FormFieldView, values: FieldValues): string | undefined {
  const value = values[field.key] ?? firstValue(field);
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return textProblem(field, value, values);
  for (const part of Object.values(value)) {
    const problem = part.trim() === '' ? undefined : textProblem(field, part, values);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function textProblem(field: FormFieldView, value: string, values: FieldValues): string | undefined {
  if (value.trim() === '') return field.required ? 'This field is required.' : undefined;
  if (field.key === 'name') return namePatternProblem(value, countIn(values));
  if (field.type === 'variables') return variablesProblem(field, value);
  if (field.type === 'number') return numberProblem(field, value.trim());
  if (field.type === 'choice' && field.choices !== undefined && !field.choices.includes(value))
    return `“${value}” is not one of the choices.`;
  return lengthProblem(field, value.trim()) ?? patternProblem(field, value.trim());
}

function variablesProblem({ max }: FormFieldView, lines: string): string | undefined {
  const parsed = parseVariables(lines);
  if ('problem' in parsed) return parsed.problem;
  const count = Object.keys(parsed.variables).length;
  return max !== undefined && count > max
    ? `A node can have at most ${max} variables; these are ${count}.`
    : undefined;
}

function numberProblem({ min, max }: FormFieldView, value: string): string | undefined {
  if (!/^\d{1,15}$/.test(value)) return 'Type a whole number.';
  const number = Number(value);
  if (min !== undefined && number < min) return `It must be at least ${min}.`;
  return max !== undefined && number > max ? `It must be at most ${max}.` : undefined;
}

function lengthProblem({ min, max }: FormFieldView, value: string): string | undefined {
  if (min !== undefined && value.length < min) return `It must have at least ${min} characters.`;
  return max !== undefined && value.length > max
    ? `It must have at most ${max} characters; this has ${value.length}.`
    : undefined;
}

function patternProblem({ pattern }: FormFieldView, value: string): string | undefined {
  if (pattern === undefined) return undefined;
  try {
    return new RegExp(pattern, 'u').test(value) ? undefined : 'It does not have the required form.';
  } catch {
    // A pattern that this browser does not understand is left to the console.
    return undefined;
  }
}

/** Keys of the fields that the console would refuse. */
export function problemsIn(
  fields: readonly FormFieldView[],
  values: FieldValues,
): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const field of fields) {
    const problem = fieldProblem(field, values);
    if (problem !== undefined) problems.set(field.key, problem);
  }
  return problems;
}

/** The request for one node. Values that are the defaults of their fields are left out, and so is the place if it is this computer. */
export function requestOf(
  fields: readonly FormFieldView[],
  values: FieldValues,
  place: PlaceRef,
): LaunchRequest {
  const given = fields.flatMap((field): (readonly [string, unknown])[] => {
    if (field.key === 'count' || field.key === 'name') return [];
    const value = requestValue(field, values[field.key] ?? firstValue(field));
    return value === undefined ? [] : [[field.key, value]];
  });
  const where = place.key === localPlace.key ? [] : [['place', place] as const];
  // The console checks every request against the same form.
  return Object.fromEntries([...given, ...where]) as LaunchRequest;
}

function requestValue(field: FormFieldView, value: FieldValue): unknown {
  if (typeof value === 'boolean') return value === (field.default === true) ? undefined : value;
  if (typeof value !== 'string') {
    const parts = Object.entries(value).flatMap(([key, part]) => {
      const parsed = textValue(field, part);
      return parsed === undefined ? [] : [[key, parsed] as const];
    });
    return parts.length === 0 ? undefined : Object.fromEntries(parts);
  }
  const parsed = textValue(field, value);
  return parsed === field.default && !field.required ? undefined : parsed;
}

function textValue(field: FormFieldView, text: string): unknown {
  if (text.trim() === '') return undefined;
  if (field.type === 'number') return Number(text.trim());
  if (field.type !== 'variables') return text.trim();
  const parsed = parseVariables(text);
  return 'variables' in parsed && Object.keys(parsed.variables).length > 0 ? parsed.variables : undefined;
}

/** The kind of node that is chosen. */
export function kindIn(values: FieldValues): NodeKind | undefined {
  const kind = textIn(values, 'kind');
  return isNodeKind(kind) ? kind : undefined;
}

/** What may be kept of the values: texts of secret fields are left out, and of environment variables only the names remain. */
export function withoutSecrets(fields: readonly FormFieldView[], values: FieldValues): FieldValues {
  const kept = fields.flatMap((field): (readonly [string, FieldValue])[] => {
    const value = values[field.key];
    if (value === undefined || field.type === 'secret') return [];
    if (field.type !== 'variables' || typeof value !== 'string') return [[field.key, value]];
    return [[field.key, namesOfLines(value)]];
  });
  return Object.fromEntries(kept);
}

function namesOfLines(lines: string): string {
  const names = lines.split('\n').flatMap((line) => /^\s*([A-Za-z_]\w*)=/.exec(line)?.[1] ?? []);
  return names.map((name) => `${name}=`).join('\n');
}
