/** The schema of the configuration file: the options of the table, each with a value of its kind, and nothing else. Pure. */

import { closestMatch } from 'leven';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { type SettingKind, settingKinds, type SettingName, settingNames } from './setting-table.ts';

/** The checked content of a configuration file. */
export type FileSettings = Readonly<Partial<Record<SettingName, unknown>>>;

const text = z.union([z.string(), z.number()]);
const topology = z.union([z.string(), z.looseObject({ strategy: z.string() })]);
const schemas: Readonly<Record<SettingKind, z.ZodType>> = {
  text,
  flag: z.boolean(),
  list: z.array(text),
  topologies: z.array(topology),
};

const configSchema = z.strictObject(
  Object.fromEntries(settingNames.map((name) => [name, schemas[settingKinds[name]].optional()])),
);

const expected: Readonly<Record<SettingKind, string>> = {
  text: 'text or a number',
  flag: 'true or false',
  list: 'a list of texts',
  topologies: 'a list of texts or of objects with a strategy',
};
const expectedItem: Partial<Readonly<Record<SettingKind, string>>> = {
  list: 'text or a number',
  topologies: 'text or an object with a strategy',
};

/** Checks the content of a file. Throws CLI_BAD_CONFIG for the first key that is unknown or has a value of the wrong kind. */
export function checkSettings(value: unknown, file: string): FileSettings {
  const { success, data, error } = configSchema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new CliError('CLI_BAD_CONFIG', ...problemOf(issue, { value, file }));
}

function problemOf(
  issue: z.core.$ZodIssue | undefined,
  { value, file }: { readonly value: unknown; readonly file: string },
): [message: string, detail: { remedy: string }] {
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return [
      `${file} sets "${key}", which is not a known option`,
      { remedy: `Did you mean "${closestMatch(key, settingNames)}"? Options are written in camel case.` },
    ];
  }
  const [name, item] = issue?.path ?? [];
  if (!isSettingName(name)) {
    return [
      `${file} contains ${kindOf(value)} instead of an object`,
      { remedy: 'Write the options as one object, e.g. {"port": 4000}; a .ts file exports it as default.' },
    ];
  }
  const found = (value as FileSettings)[name];
  const kind = settingKinds[name];
  if (typeof item !== 'number' || !Array.isArray(found)) {
    return [`${file} sets "${name}" to ${kindOf(found)}`, { remedy: `Set it to ${expected[kind]}.` }];
  }
  const wanted = expectedItem[kind] ?? expected[kind];
  return [
    `${file} sets "${name}" to a list whose item ${item + 1} is ${kindOf(found[item])}`,
    { remedy: `Each item must be ${wanted}.` },
  ];
}

function isSettingName(name: unknown): name is SettingName {
  return typeof name === 'string' && Object.hasOwn(settingKinds, name);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const kinds: Partial<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    boolean: 'true or false',
    undefined: 'nothing',
    function: 'a function',
  };
  return kinds[typeof value] ?? 'an object';
}
