/** docs/images/first-minute.svg: commands that exist, in a small picture that does nothing but play, and shows nothing of the machine. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commandNames } from '../../packages/cli/src/program.ts';
import { filmOf } from '../../scripts/recording/film.ts';
import { runningNodes, scenes, size, title } from '../../scripts/recording/scenes.ts';
import { type Frame, withoutToken } from '../../scripts/recording/screen.ts';
import { runConvoy } from '../support/convoy-command.ts';

function imageNamed(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../docs/images/${name}`, import.meta.url)), 'utf8');
}

const svg = imageNamed('first-minute.svg');
/** Its last frame, for those who want nothing to move. */
const still = imageNamed('first-minute-still.svg');

/** The words of the scenes that run the command, after its name. */
const commandLines = scenes.flatMap(({ line }) => {
  const [, words] = /^npx @convoy\/cli (.+?)(?: &)?$/.exec(line) ?? [];
  return words === undefined ? [] : [words.split(' ')];
});

/** What a picture shows: the texts of its lines. */
function textOf(picture: string): string {
  const texts = Array.from(picture.matchAll(/<text [^>]*>([^<]*)<\/text>/g), ([, text = '']) => text);
  return texts.join('\n').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** What nothing in the documentation may show. */
const ofTheMachine = /\/(?:root|home|tmp|work|Users|usr|var|etc)\b|node_modules/;

describe('the recording of the first minute', () => {
  test('shows commands and options that exist', async () => {
    assert.deepEqual(
      commandLines.map(([command]) => command),
      ['up', 'list', 'shell'],
    );
    for (const [command = '', ...words] of commandLines) {
      assert.ok(commandNames.includes(command), command);
      const { stdout } = await runConvoy([command, '--help']);
      for (const flag of words.filter((word) => word.startsWith('--')))
        assert.match(stdout, new RegExp(`^ {2}${flag}\\b`, 'm'), `${command} ${flag}`);
    }
  });

  test('is of these scenes and these nodes', () => {
    const shown = textOf(svg);
    for (const { line } of scenes) assert.ok(shown.includes(line), line);
    for (const node of runningNodes) assert.ok(shown.includes(`${node}@127.0.0.1`), node);
    assert.ok(svg.includes(`<title>${title}</title>`));
  });

  test('is small, and does nothing but play', () => {
    for (const picture of [svg, still]) {
      assert.ok(picture.length < 200_000, `${picture.length} bytes`);
      assert.doesNotMatch(
        picture,
        /<(?:script|foreignObject|image|a|iframe|animate|set)\b|\son\w+=|javascript:|@import|url\(/i,
      );
      const links = Array.from(picture.matchAll(/href="([^"]*)"/g), ([, link = '']) => link);
      assert.deepEqual(
        links.filter((link) => !/^#[\w]+$/.test(link)),
        [],
      );
    }
  });

  test('does not move for those who do not want that', () => {
    assert.doesNotMatch(still, /animation|@keyframes/);
    assert.ok(textOf(still).includes(scenes.at(-1)?.line ?? ''));
    // Without its animation, the film itself shows the last frame, too.
    const [, shown] = /\.film\{transform:translateY\(-(\d+)px\)\}/.exec(svg) ?? [];
    const [, last] =
      /translateY\(-(\d+)px\)\}\}@media \(prefers-reduced-motion:no-preference\)/.exec(svg) ?? [];
    assert.ok(shown !== undefined && Number(shown) > 0);
    assert.equal(shown, last);
  });

  test('shows neither a secret nor a path of the machine', () => {
    const shown = textOf(svg) + textOf(still);
    assert.doesNotMatch(shown, ofTheMachine);
    assert.doesNotMatch(shown, /token=[\w-]/);
    assert.doesNotMatch(shown, /cookie-of/);
    assert.equal(withoutToken('http://h:1/?token=a-b_C is'), 'http://h:1/?token=••••• is');
  });
});

describe('a film', () => {
  const frame = (at: number, text: string): Frame => ({
    at,
    rows: [[{ column: 0, text, color: undefined, isBold: false }], []],
    cursor: { column: text.length, row: 0 },
  });

  test('has each line once, and its text as it is', () => {
    const film = filmOf([frame(0, 'a'), frame(1, 'a<b'), frame(2, 'a')], { ...size, title, lastSeconds: 1 });
    assert.equal(textOf(film), 'a\na<b');
    assert.equal(film.match(/<use href="#l0"/g)?.length, 2);
    assert.match(film, /33\.33%\{transform:translateY\(-\d+px\)\}66\.67%/);
  });
});
