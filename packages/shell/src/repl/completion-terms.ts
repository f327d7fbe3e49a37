/** Parses the answers of the completion functions of IEx and Erlang, of all releases. Pure. */

import { visibleText } from '@convoy/node';
import { atomName, type Term, TermMap, Tuple } from '@convoy/node/etf';
import { chardataToText } from '../io/chardata.ts';
import { cleanMatch, type Completion, type MatchSection, noCompletion } from '../line-editor/completion.ts';

/** Maximum number of matches of all sections; a whole module list has some hundreds. */
const maxMatches = 2000;
/** Deepest nesting of sections; OTP 27 has two. */
const maxSectionDepth = 8;
const maxInsert = 255;

/** The reversed text as a list of characters: the argument of the completion functions. */
export function reversedCharlist(text: string): Term {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).reverse();
}

/** Parses `{yes | no, Insert, Matches}`; anything else means no completion. */
export function parseCompletion(answer: Term): Completion {
  if (!(answer instanceof Tuple) || answer.length !== 3) return noCompletion;
  const [verdict, insert, matches] = answer;
  const text = atomName(verdict) === 'yes' ? (chardataToText(insert, 'unicode') ?? '') : '';
  // A node must not be able to type control characters or whole commands into the line.
  const isPlain =
    text.length <= maxInsert && !/[\u0000-\u001f\u007f-\u009f]/.test(text) && visibleText(text) === text;
  return {
    insert: isPlain ? text : '',
    sections: Array.isArray(matches) ? parseSections(matches as Term[], { left: maxMatches, depth: 0 }) : [],
  };
}

/** How many more matches are accepted, and the current depth in the answer. */
interface Room {
  left: number;
  depth: number;
}

function parseSections(matches: readonly Term[], room: Room): MatchSection[] {
  const loose: string[] = [];
  const sections: MatchSection[] = [];
  for (const match of matches) {
    if (room.left <= 0) break;
    room.left -= 1;
    if (match instanceof TermMap) for (const section of parseSection(match, room)) sections.push(section);
    else for (const text of parseMatch(match)) loose.push(text);
  }
  return loose.length === 0 ? sections : [{ title: undefined, items: loose }, ...sections];
}

/** Parses `#{title, elems, options}` of OTP 26 and later; elements may be sections themselves. */
function parseSection(section: TermMap, room: Room): MatchSection[] {
  if (room.depth >= maxSectionDepth) return [];
  const title = chardataToText(entry(section, 'title'), 'unicode');
  const elements = entry(section, 'elems');
  if (!Array.isArray(elements)) return [];
  room.depth += 1;
  const parts = parseSections(elements as Term[], room);
  room.depth -= 1;
  const heading = title === undefined || title === '' ? undefined : cleanMatch(title);
  const [first, ...others] = parts;
  if (first === undefined) return heading === undefined ? [] : [{ title: undefined, items: [heading] }];
  return [{ title: first.title ?? heading, items: first.items }, ...others];
}

function entry(map: TermMap, name: string): Term {
  for (const [key, value] of map) if (atomName(key) === name) return value;
  return [];
}

/** Parses "map/2", `{"map", 2}`, `{"map", [{ending, "("}]}` or an atom. */
function parseMatch(match: Term): string[] {
  const [name, detail] = match instanceof Tuple ? match.elements : [match];
  const text = atomName(name) ?? chardataToText(name, 'unicode');
  if (text === undefined || text === '') return [];
  return [cleanMatch(typeof detail === 'number' ? `${text}/${detail}` : text)];
}
