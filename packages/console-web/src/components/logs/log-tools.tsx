/** What is done with the lines: search, filter by level, choose output or logger, pause, and in a menu the rest. */

import type { JSX } from 'preact';
import { compileFilter, isFiltering, sourceNames } from '../../state/logs/filter/line-filter.ts';
import { isLevel, levelNames, levelsBySeverity } from '../../state/logs/filter/log-levels.ts';
import type { LogSession } from '../../state/logs/log-session.ts';
import { chooseLogs, chosenFilter, logChoice, logSearch, parseLogChoice } from '../../state/logs/log-view.ts';
import { formatNumber } from '../../state/page/format.ts';
import { FieldNote } from '../field-note.tsx';
import { Glyph } from '../glyphs.tsx';
import { LogMenu } from './log-menu.tsx';

/** What is wrong with the filter. */
function problemOf(session: LogSession): string | undefined {
  const compiled = compileFilter(chosenFilter());
  return compiled.isValid ? session.stream.tooSlow.value : compiled.problem;
}

function SearchField({ session }: { readonly session: LogSession }): JSX.Element {
  const { text, isRegex } = logSearch.value;
  const problem = problemOf(session);
  return (
    <>
      <label class="filter log-filter" data-invalid={problem !== undefined}>
        <Glyph name="search" />
        <input
          type="search"
          value={text}
          maxLength={200}
          placeholder={isRegex ? 'Regular expression' : 'Filter lines'}
          aria-label="Filter lines"
          aria-invalid={problem !== undefined}
          aria-describedby="log-filter-note"
          spellcheck={false}
          autocomplete="off"
          data-testid="logs-filter"
          data-filter
          onInput={(event) => {
            logSearch.value = { ...logSearch.value, text: event.currentTarget.value };
          }}
        />
      </label>
      <button
        type="button"
        class="button log-regex"
        aria-pressed={isRegex}
        aria-label="Regular expression"
        title="Regular expression of JavaScript; (?i) at its start ignores case"
        data-testid="logs-regex"
        onClick={() => {
          logSearch.value = { ...logSearch.value, isRegex: !isRegex };
        }}
      >
        .*
      </button>
    </>
  );
}

function LevelSelect(): JSX.Element {
  const { level } = logChoice.value;
  return (
    <select
      class="filter-select"
      aria-label="Level"
      title="Lines of this level and more severe ones; lines without a level are left out"
      data-testid="logs-level"
      data-active={level !== ''}
      value={level}
      onChange={({ currentTarget: { value } }) => chooseLogs({ level: isLevel(value) ? value : '' })}
    >
      <option value="">All levels</option>
      {levelsBySeverity.map((one) => (
        <option key={one} value={one}>
          {one === 'emergency' ? levelNames[one] : `${levelNames[one]} and up`}
        </option>
      ))}
    </select>
  );
}

function SourceSelect(): JSX.Element {
  const { source } = logChoice.value;
  return (
    <select
      class="filter-select"
      aria-label="What is followed"
      title="The output of nodes that this console launched, what their loggers report, or both; by default the output where there is one"
      data-testid="logs-source"
      data-active={source !== ''}
      value={source}
      onChange={({ currentTarget: { value } }) =>
        chooseLogs({ source: parseLogChoice({ source: value }).source })
      }
    >
      <option value="">Output, else logger</option>
      {Object.entries(sourceNames).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

function PauseButton({ session }: { readonly session: LogSession }): JSX.Element | null {
  const { stream } = session;
  // Around a line nothing new comes anyway.
  if (stream.hold.value === 'around') return null;
  const isPaused = stream.hold.value === 'pause';
  const waiting = stream.waiting.value;
  const label = isPaused ? `Resume${waiting > 0 ? ` (${formatNumber(waiting)} new)` : ''}` : 'Pause';
  return (
    <button
      type="button"
      class="button"
      aria-pressed={isPaused}
      title={label}
      data-testid="logs-pause"
      onClick={() => session.togglePause()}
    >
      <Glyph name={isPaused ? 'play' : 'pause'} />
      <span>{label}</span>
    </button>
  );
}

function countText(session: LogSession): string {
  const shown = session.stream.shown.value.length;
  const kept = session.stream.kept.value;
  if (isFiltering(chosenFilter())) return `${formatNumber(shown)} of ${formatNumber(Math.max(kept, shown))}`;
  return `${formatNumber(shown)} ${shown === 1 ? 'line' : 'lines'}`;
}

export function LogTools({ session }: { readonly session: LogSession }): JSX.Element {
  return (
    <div class="log-tools">
      <SearchField session={session} />
      <LevelSelect />
      <SourceSelect />
      <span class="log-count" data-testid="logs-count">
        {countText(session)}
      </span>
      <PauseButton session={session} />
      <LogMenu session={session} />
      <div class="log-filter-note">
        <FieldNote id="log-filter-note" hint="" problem={problemOf(session)} testId="logs-filter-problem" />
      </div>
    </div>
  );
}
