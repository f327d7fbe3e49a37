/** The first rows of a table, or those with a key, as Erlang text that the node has cut. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { rowsSummary } from '../../../state/inside/panels/rows.ts';
import type { Answered } from '../../../state/inside/poll.ts';
import type { RowsQuery, TableRows } from '../../../state/inside/questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { Glyph } from '../../glyphs.tsx';
import { BackTo } from './back-to.tsx';
import { Freshness } from './freshness.tsx';
import { PanelBody } from './panel-body.tsx';
import { LimitSelect } from './segments.tsx';
import '../../../styles/inside/lists.css';

const limits = [20, 50, 100, 200];

/** A key is looked up when the user has finished it: half of a term is none. */
function FindKey({ onFind }: { readonly onFind: (key: string) => void }): JSX.Element {
  const [text, setText] = useState('');
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    onFind(text.trim());
  };
  const onType = (typed: string): void => {
    setText(typed);
    if (typed === '') onFind('');
  };
  return (
    <form class="find-key" role="search" aria-label="Find rows by their key" onSubmit={onSubmit}>
      <label class="filter">
        <Glyph name="search" />
        <input
          type="search"
          value={text}
          maxLength={10_000}
          placeholder="Key, as an Erlang term"
          aria-label="Key, as an Erlang term"
          title='cart, {user,<<"anna">>}, <0.85.0>. It is read, never evaluated.'
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          data-filter
          data-testid="row-key"
          onInput={(event) => onType(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" data-testid="find-key">
        Find
      </button>
    </form>
  );
}

function Rows({ table, rows }: { readonly table: string; readonly rows: readonly string[] }): JSX.Element {
  return (
    <ol class="terms card card-wide" tabIndex={0} aria-label={`Rows of ${table}`}>
      {rows.map((row, index) => (
        <li key={index} data-testid="ets-row">
          <code>{row}</code>
        </li>
      ))}
    </ol>
  );
}

export function KeyedRows(props: {
  readonly node: string;
  /** Id of the panel that lists the tables. */
  readonly panel: 'tables' | 'mnesia';
  readonly table: string;
  readonly ask: (node: string, query: RowsQuery) => Promise<Answered<TableRows>>;
}): JSX.Element {
  const { node, panel, table, ask } = props;
  const [limit, setLimit] = useState(20);
  const [wanted, setWanted] = useState('');
  const key = JSON.stringify([table, limit, wanted]);
  // Rows are not asked for again by themselves: reading them copies them.
  const poll = usePoll<TableRows>(node, {
    key,
    isLive: false,
    ask: () => ask(node, { table, limit, key: wanted }),
  });
  const find = (text: string): void => {
    if (text === wanted && text !== '') poll.refresh();
    setWanted(text);
  };
  return (
    <div class="panel" data-testid="panel-rows">
      <div class="panel-tools">
        <BackTo node={node} panel={panel}>
          All tables
        </BackTo>
        <FindKey onFind={find} />
        <LimitSelect of="rows" value={limit} options={limits} onChoose={setLimit} />
        <Freshness poll={poll} what="These rows" isLive={false} />
      </div>
      <header class="subject">
        <h2>
          <code>{table}</code>
        </h2>
      </header>
      <PanelBody poll={poll} asked={key}>
        {(content) => (
          <>
            <p class="panel-summary" data-testid="rows-summary">
              {rowsSummary(content, { limit, key: wanted })}
            </p>
            {content.rows.length > 0 && <Rows table={table} rows={content.rows} />}
          </>
        )}
      </PanelBody>
    </div>
  );
}
