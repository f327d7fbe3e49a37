/** What was typed, once the typing has stopped: each letter would be a question of its own. */

import { useEffect, useState } from 'preact/hooks';

const typingMs = 400;

export function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), typingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
