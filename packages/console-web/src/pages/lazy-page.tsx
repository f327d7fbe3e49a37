/** A page, or a part of one, that is loaded when it is opened first, and what stands in its place until then. */

import type { JSX } from 'preact';
import { Glyph } from '../components/glyphs.tsx';
import { useLoaded } from '../state/page/use-loaded.ts';
import { PageFrame } from './page-frame.tsx';

/** A console that was updated while the page was open does not have the files of the old page any more, or answers otherwise. */
export function NotShown({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="problem-text padded" role="alert" data-testid="not-shown">
      <p>{text}</p>
      <p class="remedy boxed">
        <Glyph name="info" />
        <span>The console was probably updated while this page was open. Reload the page.</span>
      </p>
      <div class="button-row">
        <button type="button" class="button" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    </div>
  );
}

/** A component that is loaded when it is shown first. It gets its `props` then. */
export function Loading<Props extends object>(props: {
  /** The same for the same component. */
  readonly name: string;
  readonly load: () => Promise<(props: Props) => JSX.Element>;
  readonly of: Props;
}): JSX.Element {
  const loaded = useLoaded(props.name, async () => ({ Part: await props.load() }));
  if (loaded === undefined) return <p class="quiet padded">Loading…</p>;
  if ('error' in loaded) return <NotShown text="This part of the page could not be loaded." />;
  const { Part } = loaded.value;
  return <Part {...props.of} />;
}

/** A page of the console by its title. */
export function lazyPage(title: string, load: () => Promise<() => JSX.Element>): () => JSX.Element {
  let known: (() => JSX.Element) | undefined;
  const remember = async (): Promise<() => JSX.Element> => {
    known = await load();
    return known;
  };
  return () => {
    const loaded = useLoaded(title, async () => ({ Page: known ?? (await remember()) }));
    const Page = known;
    if (Page !== undefined) return <Page />;
    return (
      <PageFrame title={title}>
        {loaded !== undefined && 'error' in loaded ? (
          <NotShown text="This page could not be loaded." />
        ) : (
          <p class="quiet">Loading…</p>
        )}
      </PageFrame>
    );
  };
}
