/** The points of a spark line. Pure. */

export const width = 88;
export const height = 24;
export const inset = 2;

/** Points of the line, scaled so that a change of a few per cent does not look like a cliff. */
export function sparkPoints(values: readonly number[]): readonly (readonly [x: number, y: number])[] {
  if (values.length === 0) return [];
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  const span = Math.max(most - least, most * 0.1, 1);
  const floor = (least + most) / 2 - span / 2;
  const step = values.length === 1 ? 0 : (width - 2 * inset) / (values.length - 1);
  return values.map((value, index) => {
    const y = height - inset - ((value - floor) / span) * (height - 2 * inset);
    return [inset + index * step, Math.round(y * 10) / 10];
  });
}
