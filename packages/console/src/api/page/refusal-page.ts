/**
 * The page that a browser shows when a request is refused before the console's page has loaded: what happened and what to
 * do, instead of JSON. It contains nothing that a stranger may not know. Pure.
 */

import { html, raw } from 'hono/html';
import { visibleText } from '@convoy/node';
import type { Problem } from '../../protocol/index.ts';

/** A refused request. */
export interface Refusal {
  readonly problem: Problem;
  /** The `Host` header of the request. */
  readonly host: string;
  readonly basePath: string;
}

const style = `
:root { color-scheme: light dark; --muted: light-dark(#5b6472, #9aa4b2); --line: light-dark(#d8dde5, #2c333d); }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f6f7f9, #12151a);
  color: light-dark(#1b2330, #e6e9ee); font: 15px/1.55 system-ui, sans-serif; }
main { box-sizing: border-box; width: min(40rem, 100vw - 2rem); margin: 1rem; padding: 1.75rem 2rem; border-radius: 10px;
  border: 1px solid var(--line); background: light-dark(#fff, #191d24); }
h1 { margin: 0 0 .75rem; font-size: 1.25rem; line-height: 1.3; } h2 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
p, ul { margin: .5rem 0; } ul { padding-left: 1.25rem; } li { margin: .4rem 0; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; padding: .1em .3em; border-radius: 4px;
  background: light-dark(#eef0f4, #232934); }
a { color: light-dark(#1f5fd1, #8ab4ff); } footer { margin-top: 1.25rem; color: var(--muted); font-size: .85rem; }`;

/** HTML with every value escaped. */
type Markup = ReturnType<typeof html>;

/** The HTML of the page. */
export async function refusalPage({ problem, host, basePath }: Refusal): Promise<string> {
  const [title, body] =
    problem.code === 'CONSOLE_WRONG_HOST' ? wrongHost(visibleText(host), basePath) : other(problem, basePath);
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Convoy</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
          <footer>Convoy · <code>${problem.code}</code></footer>
        </main>
      </body>
    </html> `;
  return page.toString();
}

function other({ message, remedy = '' }: Problem, basePath: string): [string, Markup] {
  const link = html`<p><a href="${basePath}/">Open the console</a></p>`;
  return ['The console refused this request', html`${sentence(message)}${sentence(remedy)}${link}`];
}

function wrongHost(host: string, basePath: string): [string, Markup] {
  const port = /:(\d{1,5})$/.exec(host)?.[1];
  const local = `http://localhost${port === undefined ? '' : `:${port}`}${basePath}/`;
  const name = host.replace(/:\d{1,5}$/, '');
  return [
    'This console does not answer to that name',
    html`<p>
        Your browser asked for <code>${host}</code>. The console answers only to names it knows, so that no
        web site can point its own name at your machine and act on your behalf.
      </p>
      <h2>What to do</h2>
      <ul>
        <li>
          On the same computer, or through a tunnel (<code>ssh -L</code>, a published port of a container):
          open <a href="${local}">${local}</a>. Loopback names work with any port.
        </li>
        <li>
          Behind a proxy, or under a name of your own: start the console with
          <code>convoy up --allowed-host ${name}</code>.
        </li>
        <li>Otherwise: open the link that <code>convoy up</code> printed.</li>
      </ul>`,
  ];
}

function sentence(text: string): Markup {
  if (text === '') return html``;
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return html`<p>${visibleText(first.endsWith('.') ? first : `${first}.`)}</p>`;
}
