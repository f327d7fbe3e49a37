import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { anyCharacter } from '../../../test/support/texts/any-text.ts';
import { measuredTexts } from '../../../test/support/texts/wide-characters.ts';
import { cellWidthProvider, textWidth } from '../src/cell-width.ts';
import { type Frame, outputUnits, redraw, typedUnits } from '../src/session/frame.ts';
import { runsOf } from '../../../test/support/extent.ts';

const columns = 400;

/** The column of the cursor after these pieces, each of which is its own write. */
async function cursorColumn(...pieces: readonly string[]): Promise<number> {
  const terminal = new headless.Terminal({ cols: columns, rows: 5, allowProposedApi: true });
  terminal.unicode.register(cellWidthProvider);
  terminal.unicode.activeVersion = cellWidthProvider.version;
  for (const piece of pieces) terminal.write(piece);
  await new Promise<void>((resolve) => terminal.write('', resolve));
  const { cursorX } = terminal.buffer.active;
  terminal.dispose();
  return cursorX;
}

function cellsOf(frame: Frame): number {
  return frame.units.slice(0, frame.cursor).reduce((sum, unit) => sum + unit.width, 0);
}

/** Everything that decides about widths, in any order, also where it makes no sense. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...measuredTexts.flatMap((one) => Array.from(one.text))),
    fc.constantFrom(...measuredTexts.map((one) => one.text)),
    fc.constantFrom('\t', ' ', '\u0000', '\u001f', '\u202e', '\u2028', '\u00ad', '\ufeff', '\u0d4e'),
    anyCharacter.filter((one) => !/[\n\u007f-\u009f]/.test(one)),
  ),
  maxLength: 30,
});

describe('the cells of text', () => {
  for (const { what, text: measured, cells } of measuredTexts) {
    it(`are the same in the editor and in the terminal: ${what}`, async () => {
      assert.equal(textWidth(measured), cells);
      assert.equal(await cursorColumn(measured), cells);
    });
  }

  it('are in the editor what the terminal moves its cursor by, wherever the cursor is', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(30), async (before, after, back) => {
        const prompt = outputUnits('\u001b[32mp> \u001b[0m');
        const frame = (content: string, cursor: number): Frame => {
          const units = [...prompt, ...typedUnits(content)];
          return { units, cursor: Math.max(prompt.length, Math.min(cursor, units.length)), columns };
        };
        const first = frame(before, before.length - back);
        const second = frame(before + after, before.length);
        const drawn = redraw(undefined, first);
        assert.equal(await cursorColumn(drawn), cellsOf(first));
        assert.equal(await cursorColumn(drawn, redraw(first, second)), cellsOf(second));
      }),
      { numRuns: runsOf(300) },
    );
  });

  it('are the same for a line of output that begins with a mark', async () => {
    for (const output of ['\u0301abc', '\u001b[1m\u0301\u0302abc', 'a\u001b[1m\u0301bc', '\u200b']) {
      const frame = { units: outputUnits(output), cursor: outputUnits(output).length, columns };
      assert.equal(await cursorColumn(redraw(undefined, frame)), cellsOf(frame), JSON.stringify(output));
    }
  });
});
