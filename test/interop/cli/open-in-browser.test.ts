/** `convoy up --open`, with a program in place of the desktop's that records its arguments. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { redirectPage } from '../../../packages/cli/src/terminal/open-in-browser.ts';
import { attack } from '../../support/attack.ts';
import { startConsoleProcess } from '../../support/console/console-process.ts';
import { eventually } from '../../support/eventually.ts';

describe('opening the console in a browser', () => {
  attack(
    'Secrets',
    'the login link is looked for in the arguments of the browser and is not there',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'convoy-open-'));
      const [opener, told] = ['xdg-open', 'told'].map((name) => join(folder, name)) as [string, string];
      writeFileSync(
        opener,
        `#!/bin/sh\n{ printf '%s\\n' "$@"; echo; env; } > '${told}.new'; mv '${told}.new' '${told}'\n`,
        { mode: 0o755 },
      );
      try {
        const PATH = `${folder}${delimiter}${process.env['PATH']}`;
        const env = { PATH, RAILWAY_API_TOKEN: 'psst', DISPLAY: ':7' };
        const convoy = await startConsoleProcess({ args: ['--open'], env });
        await using _ = convoy;
        await eventually('the browser to be started', 30_000, () => existsSync(told));
        const token = readFileSync(join(convoy.dataDir, 'token'), 'utf8');
        const [args = '', environment = ''] = readFileSync(told, 'utf8').split('\n\n');
        assert.ok(!args.includes(token) && !args.includes('token='), args);
        assert.ok(!environment.includes(token) && !environment.includes('psst'), environment);
        assert.match(environment, /^DISPLAY=:7$/m);
        const file = fileURLToPath(args.trim());
        assert.equal(statSync(file).mode & 0o777, 0o600);
        const link = /content="0; url=([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1];
        assert.equal(
          link?.replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code))),
          convoy.url,
        );
        convoy.process.kill('SIGTERM');
        await eventually('the file to be removed', 30_000, () => !existsSync(file));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  attack('Secrets', 'a token with quotes and markup in it stays a token in the page that redirects', () => {
    const page = redirectPage(`http://h/?token="><script>alert('1')</script>&x`);
    assert.equal(page.match(/<(?!\/?(?:html|meta|title|p|a)\b|!doctype)/g), null);
    assert.equal(page.split('"').length % 2, 1);
  });
});
