/**
 * The colours and attributes in effect after some output, as the shortest control sequence that restores them. Pure.
 * Implements SGR (ECMA-48 8.3.117) as far as terminals do: one number sets an attribute, another one resets it.
 */

type Slot =
  | 'weight'
  | 'italic'
  | 'underline'
  | 'blink'
  | 'inverse'
  | 'hidden'
  | 'strike'
  | 'overline'
  | 'fore'
  | 'back';

const resets: Readonly<Record<number, Slot>> = {
  22: 'weight',
  23: 'italic',
  24: 'underline',
  25: 'blink',
  27: 'inverse',
  28: 'hidden',
  29: 'strike',
  39: 'fore',
  49: 'back',
  55: 'overline',
};

const attributes: Readonly<Record<number, Slot>> = {
  1: 'weight',
  2: 'weight',
  3: 'italic',
  4: 'underline',
  5: 'blink',
  6: 'blink',
  7: 'inverse',
  8: 'hidden',
  9: 'strike',
  21: 'underline',
  53: 'overline',
};

/** The style after `output`, which started with `style`. '' is the terminal's default. */
export function styleAfter(style: string, output: string): string {
  if (!output.includes('\u001b[')) return style;
  const slots = new Map<Slot, string>();
  for (const [, parameters = ''] of (style + output).matchAll(/\u001b\[([\d;:]*)m/g))
    apply(slots, parameters.split(';'));
  return slots.size === 0 ? '' : `\u001b[${[...slots.values()].join(';')}m`;
}

function apply(slots: Map<Slot, string>, parameters: readonly string[]): void {
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index] ?? '';
    const number = Number.parseInt(parameter, 10) || 0;
    const slot = slotOf(number);
    if (number === 0) slots.clear();
    else if (resets[number] !== undefined) slots.delete(resets[number]);
    else if (slot !== undefined) {
      const length = colourLength(parameters, index);
      slots.set(slot, parameters.slice(index, index + length).join(';'));
      index += length - 1;
    }
  }
}

function slotOf(number: number): Slot | undefined {
  if ((number >= 30 && number <= 38) || (number >= 90 && number <= 97)) return 'fore';
  if ((number >= 40 && number <= 48) || (number >= 100 && number <= 107)) return 'back';
  return attributes[number];
}

/** The number of parameters of a colour: `38;5;n` and `38;2;r;g;b` are one colour; with colons, one parameter. */
function colourLength(parameters: readonly string[], index: number): number {
  const isLong = parameters[index] === '38' || parameters[index] === '48';
  if (!isLong) return 1;
  return parameters[index + 1] === '5' ? 3 : parameters[index + 1] === '2' ? 5 : 1;
}
