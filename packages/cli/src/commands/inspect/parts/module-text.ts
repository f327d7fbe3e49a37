/** One module as lines for people. Pure. */

import type { ModuleDetailsView } from '@convoy/console/protocol';
import type { Shown } from '../../../targets/inspecting/inspected-node.ts';
import { countText } from '../../../terminal/units.ts';

type Details = Shown<ModuleDetailsView>;

/** What a module is, what it exports, and what was asked about it. */
export function moduleText(details: Details): string {
  const { module, path, origin, md5, vsn, hasOldCode, attributes, compileInfo, exports } = details;
  const lines = [
    module,
    ...line('path', path ?? origin),
    ...line('md5', md5),
    ...line('vsn', vsn),
    ...line('old code', hasOldCode ? oldCodeText(details) : undefined),
    ...attributes.flatMap(({ name, value }) => line(name, value)),
    ...compileInfo.flatMap(({ name, value }) => line(name, value)),
    ...line('exports', exportsText(exports)),
  ];
  return [...lines, ...docsLines(details)].join('\n');
}

function line(name: string, value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [`${name.padEnd(10)} ${value}`];
}

function exportsText({ count, items }: Details['exports']): string {
  const more = count - items.length;
  return items.join(' ') + (more > 0 ? ` and ${countText(more)} more` : '');
}

function oldCodeText({ oldCodeUse }: Details): string {
  if (oldCodeUse === undefined) return 'yes; --old shows the processes that run it';
  const { asked, count, unknown, processes } = oldCodeUse;
  const named = processes.map(({ pid, name }) => (name === undefined ? pid : `${name} ${pid}`)).join(', ');
  const busy = unknown === 0 ? '' : `, ${countText(unknown)} did not say`;
  return `${countText(count)} of ${countText(asked)} processes run it${busy}${named === '' ? '' : `: ${named}`}`;
}

function docsLines({ docs }: Details): string[] {
  if (docs === undefined) return [];
  if ('problem' in docs) return ['', docs.problem.message];
  if (docs.length === 0) return ['', 'There is no such function in its documentation.'];
  return docs.flatMap(({ function: name, signature, text }) => [
    '',
    signature.join('\n') || name,
    ...(text === undefined ? [] : ['', text]),
  ]);
}
