/** The terminal's colours, read from the tokens of the style sheet, so that colours are defined in one place. */

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

export function readTerminalTheme(): ITheme {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colour = resolver(probe);
  const theme: ITheme = {
    background: colour('--term-background'),
    foreground: colour('--term-foreground'),
    cursor: colour('--term-cursor'),
    cursorAccent: colour('--term-background'),
    selectionBackground: colour('--term-selection'),
    ...Object.fromEntries(names.map((name) => [name, colour(`--term-${kebab(name)}`)])),
  };
  probe.remove();
  return theme;
}
