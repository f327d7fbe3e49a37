/** Texts with the number of cells they take, one for each rule about character widths that editor and terminals share. */

export interface MeasuredText {
  readonly what: string;
  readonly text: string;
  readonly cells: number;
}

export const measuredTexts: readonly MeasuredText[] = [
  { what: 'plain text', text: 'plain', cells: 5 },
  { what: 'emoji', text: '😀Z', cells: 3 },
  { what: 'emoji of Unicode 15 and 16', text: '🫨🫩', cells: 4 },
  { what: 'ideographs', text: '日本語', cells: 6 },
  { what: 'fullwidth letters', text: 'ｗａ', cells: 4 },
  { what: 'syllables', text: '한글', cells: 4 },
  { what: 'syllables as conjoining letters', text: '\u1112\u1161\u11ab', cells: 2 },
  { what: 'a combining mark', text: 'e\u0301', cells: 1 },
  { what: 'marks on a wide character', text: '日\u0301\u0302', cells: 2 },
  { what: 'a family joined by ZWJ: its parts', text: '👨\u200d👩\u200d👧', cells: 6 },
  { what: 'a skin tone: a character of its own', text: '👍🏽', cells: 4 },
  { what: 'a variation selector changes no width', text: '❤\ufe0f☎\ufe0f😀\ufe0e', cells: 4 },
  { what: 'a keycap', text: '1\ufe0f\u20e3', cells: 1 },
  { what: 'a flag: two letters', text: '🇩🇪🇫🇷', cells: 4 },
  { what: 'a flag of tags', text: '🏴\u{e0067}\u{e0062}\u{e007f}', cells: 2 },
  { what: 'a zero-width space', text: 'a\u200bb', cells: 2 },
  { what: 'ambiguous characters: narrow', text: '·§→█', cells: 4 },
];
