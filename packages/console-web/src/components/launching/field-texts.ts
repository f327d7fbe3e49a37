/** What the fields of a launch are called on the page, and what belongs in them. */

interface FieldText {
  readonly label: string;
  readonly hint: string;
  readonly placeholder?: string;
  /** Fields that most launches leave as they are are folded away. */
  readonly isRare?: boolean;
}

const texts: Readonly<Record<string, FieldText>> = {
  count: { label: 'How many', hint: '' },
  name: {
    label: 'Name',
    hint: 'Starts with a letter; letters, digits, - and _. A % becomes a number.',
    placeholder: 'a free one is picked',
  },
  join: {
    label: 'Join the others',
    hint: 'Connects to every node of the mesh by itself; otherwise you connect it.',
  },
  keep: {
    label: 'Keep it when the console stops',
    hint: 'It goes on running, and the console finds it again at its next start.',
  },
  memoryMb: {
    label: 'Memory limit in MB',
    hint: 'A node that needs more is stopped. Empty: no limit.',
    placeholder: 'no limit',
    isRare: true,
  },
  program: {
    label: 'Program',
    hint: 'What the node runs: a module file, a script, a function, or the folder of a release. Paths are those of its machine.',
    placeholder: '/srv/app/main.ts',
    isRare: true,
  },
  variables: {
    label: 'Environment variables',
    hint: 'One NAME=value per line, for this node only. The console neither shows nor logs the values.',
    placeholder: 'DATABASE_URL=postgres://...',
    isRare: true,
  },
};

const partLabels: Readonly<Record<string, string>> = {
  module: 'Module',
  script: 'Script',
  release: 'Release',
};

/** `memoryMb` as words: `Memory mb`. */
function words(key: string): string {
  const text = key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The texts of a field. One that is new to this page is called by its key. */
export function textOf(key: string): FieldText {
  return texts[key] ?? { label: words(key), hint: '', isRare: true };
}

export function partLabelOf(key: string): string {
  return partLabels[key] ?? words(key);
}

/** How the places of a platform are opened. */
const openLabels: Readonly<Record<string, string>> = {
  ssh: 'Open a host by SSH…',
  railway: 'Open a Railway environment…',
};

/** The button that opens a place; `undefined` for a platform whose dialog this page does not have. */
export function openLabelOf(platform: string): string | undefined {
  return openLabels[platform];
}
