import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { erase, type Frame, moveToEnd, outputUnits, redraw, typedUnits } from '../../src/session/frame.ts';
import { Screen } from '../../src/session/screen.ts';
import { runsOf } from '../../../../test/support/extent.ts';

/** What a terminal shows after these pieces, with the place of the cursor made visible. */
async function shown(columns: number, ...pieces: string[]): Promise<string> {
  const screen = new Screen({ columns, rows: 30 });
  pieces.push('\u001b[4m*\u001b[0m');
  for (const [index, data] of pieces.entries()) screen.write({ seq: index + 1, data });
  const text = await screen.text();
  screen.dispose();
  return text;
}

function frameOf(columns: number, text: string, cursor: number): Frame {
  const prompt = outputUnits('\u001b[32mp日> \u001b[0m');
  const units = [...prompt, ...typedUnits(text)];
  return { units, cursor: Math.min(units.length, prompt.length + cursor), columns };
}

const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', 'e\u0301', '日', '👍', '\n', '\t', ' '),
  maxLength: 40,
});
const frame = fc.tuple(text, fc.nat(40));

describe('redraw', () => {
  it('leaves the terminal as drawing on an empty one does, whatever was drawn before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 20 }),
        fc.array(frame, { minLength: 1, maxLength: 5 }),
        async (columns, frames) => {
          const steps: string[] = [];
          let before: Frame | undefined;
          for (const [content, cursor] of frames) {
            const next = frameOf(columns, content, cursor);
            steps.push(redraw(before, next));
            before = next;
          }
          const last = before ?? frameOf(columns, '', 0);
          const [afterSteps, fresh] = await Promise.all([
            shown(columns, ...steps),
            shown(columns, redraw(undefined, last)),
          ]);
          assert.equal(afterSteps, fresh);
        },
      ),
      { numRuns: runsOf(150) },
    );
  });

  it('can be taken away without a trace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 20 }), frame, async (columns, [content, cursor]) => {
        const drawn = frameOf(columns, content, cursor);
        assert.equal(await shown(columns, 'above\r\n', redraw(undefined, drawn), erase(drawn)), 'above\n*');
      }),
      { numRuns: runsOf(80) },
    );
  });

  it('writes only what is new at the end', () => {
    const before = frameOf(80, 'abc', 3);
    assert.equal(redraw(before, frameOf(80, 'abcd', 4)), 'd');
    assert.equal(redraw(before, before), '');
    assert.equal(moveToEnd(before), '');
  });
});
