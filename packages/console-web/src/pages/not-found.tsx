/** The page of an address that is none of the console's pages. What is wrong is said by the frame, as on every page. */

import type { JSX } from 'preact';
import { PageFrame } from './page-frame.tsx';

export function NotFoundPage(): JSX.Element {
  return <PageFrame title="Not found">{null}</PageFrame>;
}
