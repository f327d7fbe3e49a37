/** What a member is: asked once for each time that it starts. Pure. */

import { atom, type Term, Tuple } from '@convoy/node/etf';
import { callOf, type MemberCall, row, valuesOf } from './question.ts';
import { countOf, fieldOf, textOf } from './read-term.ts';

/** What runs on a member; `unknown` while it has not answered. */
export type MemberKind = 'elixir' | 'erlang' | 'gleam' | 'lfe' | 'typescript' | 'unknown';

/** Versions of what is on a member; a language is missing if it is not there. */
export interface MemberVersions {
  /** Release of Erlang/OTP: `27`. */
  readonly otp?: string;
  readonly elixir?: string;
  readonly gleam?: string;
  readonly lfe?: string;
  readonly node?: string;
  readonly convoy?: string;
}

/** What a member is. */
export interface MemberIdentity {
  readonly kind: Exclude<MemberKind, 'unknown'>;
  readonly versions: MemberVersions;
  /** Name and version of the release it was booted from, if it is one (`mix release`, `rebar3 release`). */
  readonly release?: { readonly name: string; readonly version: string };
  /** Distinguishes this start of the node from earlier ones. Only Erlang nodes report it. */
  readonly creation?: number;
}

const vsn = atom('vsn');

/** Modules of Gleam's standard library and main module: a program that was started without its applications has them. */
const gleamModules = [
  'gleam@@main',
  'gleam_stdlib',
  'gleam@list',
  'gleam@string',
  'gleam@option',
  'gleam@io',
  'gleam@erlang@process',
  'gleam@otp@actor',
] as const;
const lfeModules = ['lfe_eval', 'lfe_shell'] as const;

const rows = [
  row('creation', 'erlang', 'system_info', atom('creation')),
  row('otp', 'erlang', 'system_info', atom('otp_release')),
  row('script', 'init', 'script_id'),
  row('elixir', 'application', 'get_key', atom('elixir'), vsn),
  row('gleam', 'application', 'get_key', atom('gleam_stdlib'), vsn),
  row('lfe', 'application', 'get_key', atom('lfe'), vsn),
  ...[...gleamModules, ...lfeModules].map((name) => row(name, 'erlang', 'module_loaded', atom(name))),
] as const;

/** The question to an Erlang node. A TypeScript node has no such function: see `infoCall`. */
export const identityCall: MemberCall = callOf(rows);

/** What a TypeScript node of Convoy answers: see `NodeInfo` in on-node/worker.ts. */
export const infoCall: MemberCall = { module: 'convoy', function: 'info', args: [] };

/** Reads the answer to `identityCall`; `undefined` if it is not one. */
export function readIdentity(answer: Term): MemberIdentity | undefined {
  const values = valuesOf(rows, answer);
  const otp = textOf(values?.otp);
  if (values === undefined || otp === undefined) return undefined;
  const elixir = versionOf(values.elixir);
  const gleam = versionOf(values.gleam);
  const lfe = versionOf(values.lfe);
  const isLoaded = (name: (typeof gleamModules)[number] | (typeof lfeModules)[number]): boolean =>
    values[name] === true;
  const languages = {
    // Gleam's main module, because a Gleam program may depend on Elixir packages, and an Elixir one on Gleam's.
    isGleam: isLoaded('gleam@@main'),
    isElixir: elixir !== undefined,
    hasGleam: gleam !== undefined || gleamModules.some(isLoaded),
    hasLfe: lfe !== undefined || lfeModules.some(isLoaded),
  };
  const creation = countOf(values.creation);
  return {
    kind: kindOf(languages),
    versions: { otp, ...given({ elixir, gleam, lfe }) },
    ...given({ release: releaseOf(values.script), creation }),
  };
}

/** Reads the answer to `infoCall`. A TypeScript node without the worker has no answer, and is one nevertheless. */
export function readTypescriptIdentity(info: Term): MemberIdentity {
  const versions = fieldOf(info, 'versions');
  const [node, convoy] = [textOf(fieldOf(versions, 'node')), textOf(fieldOf(versions, 'convoy'))];
  return { kind: 'typescript', versions: given({ node, convoy }) };
}

function kindOf(seen: {
  readonly isGleam: boolean;
  readonly isElixir: boolean;
  readonly hasGleam: boolean;
  readonly hasLfe: boolean;
}): MemberIdentity['kind'] {
  if (seen.isGleam) return 'gleam';
  if (seen.isElixir) return 'elixir';
  if (seen.hasGleam) return 'gleam';
  return seen.hasLfe ? 'lfe' : 'erlang';
}

/** The version in `{ok, Vsn}`. */
function versionOf(term: Term): string | undefined {
  return term instanceof Tuple && term.length === 2 ? textOf(term.at(1)) : undefined;
}

/** OTP's own boot scripts are of no release of the user: `{"Erlang/OTP", "25"}`, `{"OTP  APN 181 01", "R13B"}`. */
function releaseOf(script: Term): { readonly name: string; readonly version: string } | undefined {
  if (!(script instanceof Tuple)) return undefined;
  const [name, version] = [textOf(script.at(0)), textOf(script.at(1))];
  if (name === undefined || version === undefined || /^(Erlang\/)?OTP\b/.test(name)) return undefined;
  return { name, version };
}

/** The fields that have a value. */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: NonNullable<Fields[Key]>;
  };
}
