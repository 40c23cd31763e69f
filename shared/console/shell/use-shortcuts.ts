import { useEffect } from 'react';
import { navigate } from '../state/route.ts';
import { openPalette } from './palette-state.ts';

/** Keys that open a page when they follow `g`. */
export const GO_KEYS: Readonly<Record<string, readonly [hash: string, text: string]>> = {
  h: ['#/', 'Home'],
  b: ['#/browse', 'Browse'],
  o: ['#/operations', 'Operations'],
  e: ['#/events', 'Events'],
  d: ['#/dead-letters', 'Dead letters'],
  r: ['#/requests', 'Requests'],
  l: ['#/limiter', 'Rate limit'],
  s: ['#/settings', 'Settings'],
  x: ['#/sandbox', 'Sandbox'],
  y: ['#/history', 'History'],
};

/** How long `g` waits for the second key. */
const SEQUENCE_MS = 1500;

/** Whether the user types into a field. Shortcuts of a single key then do nothing. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function isInForm(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('form, [role="dialog"]') !== null;
}

/** Installs the shortcuts of every page. */
export function useShortcuts(): void {
  useEffect(() => {
    let sequenceStart = -Infinity;
    const press = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openPalette();
        return;
      }
      // A form handles Ctrl+Enter itself. After navigation the focus is on the heading, outside the form.
      if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && !isInForm(event.target)) {
        document.querySelector<HTMLButtonElement>('main [data-run]')?.click();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const inSequence = event.timeStamp - sequenceStart < SEQUENCE_MS;
      sequenceStart = event.key === 'g' ? event.timeStamp : -Infinity;
      const target = inSequence ? GO_KEYS[event.key] : undefined;
      if (target !== undefined) navigate(target[0]);
      else if (event.key === '?') navigate('#/shortcuts');
      else if (event.key === '/') {
        const search = document.querySelector<HTMLElement>('main [data-page-search]');
        event.preventDefault();
        if (search === null) openPalette();
        else search.focus();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
