/** Keys as text for people: converts what a terminal sends for Enter, arrows and Ctrl-C into the symbols printed on keys. */

const names: Readonly<Record<string, string>> = {
  '\r': '⏎',
  '\n': '⏎',
  '\t': '⇥',
  '\u007f': '⌫',
  '\u001b[A': '↑',
  '\u001b[B': '↓',
  '\u001b[C': '→',
  '\u001b[D': '←',
  '\u001b[H': '⇱',
  '\u001b[F': '⇲',
  '\u001b[3~': '⌦',
  '\u001b[Z': '⇤',
  // The brackets of a paste are not keys.
  '\u001b[200~': '',
  '\u001b[201~': '',
};

// Control sequences as keys send them, Alt with a key, and single control characters.
const special = /\u001b(?:\[|O)[\d;]*[A-Za-z~]|\u001b[^\u001b]?|[\u0000-\u001f\u007f-\u009f]/g;
/** Characters that change the writing direction or are invisible, so that the text would not be what it looks like. */
const invisible = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const mostShown = 400;

function nameOf(keys: string): string {
  const name = names[keys.replace('\u001bO', '\u001b[')];
  if (name !== undefined) return name;
  const code = keys.charCodeAt(0);
  if (code !== 0x1b) return code < 0x20 ? `^${String.fromCharCode(code + 64)}` : '�';
  return keys.length === 2 ? `Alt-${nameOrSelf(keys.slice(1))}` : '⎋';
}

function nameOrSelf(key: string): string {
  return key >= ' ' && key !== '\u007f' ? key : nameOf(key);
}

/** Pasted text in a form that can be reviewed before it runs. */
export function shownPaste(text: string): string {
  return text.replace(invisible, '�');
}

/** Typed keys, without anything that could affect the page. Only the end of long input is shown. */
export function shownKeys(data: string): string {
  const end = data.length > mostShown * 4 ? data.slice(-mostShown * 4) : data;
  const text = end.replace(special, nameOf).replace(invisible, '�');
  return text.length > mostShown || end !== data ? `…${text.slice(-mostShown)}` : text;
}
