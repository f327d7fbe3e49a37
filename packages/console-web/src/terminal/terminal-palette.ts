/** The terminal's colours, read from the tokens of the style sheet, so that colours are defined in one place. */

import type { ISearchOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';

const names = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const satisfies readonly (keyof ITheme)[];

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Resolves a custom property. It may contain `light-dark()`, which only a real property of an element resolves. */
function resolver(probe: HTMLElement): (token: string) => string {
  return (token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
}

/** Calls `read` with a function that resolves tokens. */
function withTokens<Result>(read: (colour: (token: string) => string) => Result): Result {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const result = read(resolver(probe));
  probe.remove();
  return result;
}

export function readTerminalTheme(): ITheme {
  return withTokens((colour) => ({
    background: colour('--term-background'),
    foreground: colour('--term-foreground'),
    cursor: colour('--term-cursor'),
    cursorAccent: colour('--term-background'),
    selectionBackground: colour('--term-selection'),
    ...Object.fromEntries(names.map((name) => [name, colour(`--term-${kebab(name)}`)])),
  }));
}

/** The colours of what a search has found, in the only form that the search of xterm.js takes. */
export function readSearchColours(): NonNullable<ISearchOptions['decorations']> {
  return withTokens((colour) => {
    const found = hexadecimal(colour('--term-match'));
    const shown = hexadecimal(colour('--term-match-shown'));
    return {
      matchBackground: found,
      activeMatchBackground: shown,
      matchOverviewRuler: found,
      activeMatchColorOverviewRuler: shown,
    };
  });
}

/** `#rrggbb` for `rgb(r, g, b)`. */
function hexadecimal(colour: string): string {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
