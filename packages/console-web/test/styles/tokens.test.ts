/** The colours of clusters can be seen on whatever they lie: WCAG asks for a contrast of 3 of graphics. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clusterColors } from '@convoy/console/protocol';
import { clusterColors as shownColors } from '../../src/state/clusters/clusters.ts';

const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');

/** The two values of a token: in the light theme and in the dark one. */
function tokenOf(name: string): readonly [string, string] {
  const [, light, dark] =
    new RegExp(String.raw`--${name}: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`).exec(css) ?? [];
  assert.ok(light !== undefined && dark !== undefined, `--${name} has a colour for each theme`);
  return [light, dark];
}

/** The relative luminance of WCAG. */
function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

test('every colour of a cluster has a token that contrasts with every ground in both themes', () => {
  for (const color of clusterColors)
    for (const ground of ['canvas', 'surface', 'raised', 'hover', 'pressed', 'bad-wash', 'accent-wash'])
      for (const theme of [0, 1] as const) {
        const contrast = contrastOf(tokenOf(`cluster-${color}`)[theme], tokenOf(ground)[theme]);
        assert.ok(contrast >= 3, `${color} on ${ground}: ${contrast.toFixed(2)}`);
      }
});

test('the colours on the page are those of the protocol, in its order', () => {
  assert.deepEqual(shownColors, clusterColors);
});
