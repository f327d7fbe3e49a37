/** The terminal's colours, read from the style sheet's tokens so that there is one place for colours. */

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

/** A custom property may hold `light-dark()`; only a real property of a real element resolves it. */
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
