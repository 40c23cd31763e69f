import type { SearchRecord } from '../content/search-records.ts';
import { elementById } from './dom.ts';
import { excerptOf } from './excerpt.ts';
import { recordFinder } from './record-finder.ts';

const MAX_RESULTS = 20;

/**
 * Sets up the search dialog. The records are loaded when the dialog is opened for the first time. If this fails, the
 * next search loads them again.
 */
export function setUpSearch(): void {
  const dialog = elementById('search', HTMLDialogElement);
  const input = elementById('search-input', HTMLInputElement);
  const list = elementById('search-results', HTMLOListElement);
  const status = elementById('search-status', HTMLElement);
  let finding: Promise<(text: string) => readonly SearchRecord[]> | undefined;

  const show = async (): Promise<void> => {
    const text = input.value.trim();
    finding ??= loadSearch();
    const find = await finding.catch(() => {
      finding = undefined;
      return undefined;
    });
    // If the user changed the text while the records were loaded, this result is not shown.
    if (text !== input.value.trim()) return;
    if (find === undefined) {
      status.textContent = 'The search index could not be loaded. Check that the server runs.';
      return;
    }
    const results = text === '' ? [] : find(text);
    status.textContent = text === '' ? '' : countText(results.length);
    list.replaceChildren(...results.map((record) => resultItem(record, text)));
  };
  const open = (): void => {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    void show();
  };
  elementById('search-open', HTMLButtonElement).addEventListener('click', open);
  elementById('search-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  input.addEventListener('input', () => void show());
  list.addEventListener('click', () => dialog.close());
  setUpShortcut(open);
  dialog.addEventListener('keydown', (event) => moveFocus(event, [input, ...list.querySelectorAll('a')]));
}

/** Opens the search with Ctrl+K, Cmd+K, or a slash outside of an input. */
function setUpShortcut(open: () => void): void {
  document.addEventListener('keydown', (event) => {
    const isShortcut = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !isInInput());
    if (!isShortcut) return;
    event.preventDefault();
    open();
  });
}

async function loadSearch(): Promise<(text: string) => readonly SearchRecord[]> {
  const response = await fetch('/docs/search.json');
  if (!response.ok) throw new Error(`search.json: ${response.status}`);
  const find = recordFinder((await response.json()) as SearchRecord[]);
  return (text) => find(text).slice(0, MAX_RESULTS);
}

function countText(count: number): string {
  if (count === 0) return 'No results. Try another word.';
  return count === MAX_RESULTS ? `The first ${MAX_RESULTS} results` : `${count} ${count === 1 ? 'result' : 'results'}`;
}

function resultItem({ url, page, heading, text }: SearchRecord, words: string): HTMLLIElement {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = url;
  const where = document.createElement('span');
  where.className = 'where';
  where.textContent = heading === '' ? page : `${page}: ${heading}`;
  const excerpt = document.createElement('span');
  excerpt.className = 'excerpt';
  for (const { text: part, isMatch } of excerptOf(text, words)) {
    const node = document.createElement(isMatch ? 'mark' : 'span');
    node.textContent = part;
    excerpt.append(node);
  }
  link.append(where, excerpt);
  item.append(link);
  return item;
}

function isInInput(): boolean {
  return document.activeElement instanceof HTMLInputElement;
}

/** Moves the focus between the input and the results with the arrow keys. Enter in the input opens the first result. */
function moveFocus(event: KeyboardEvent, elements: readonly HTMLElement[]): void {
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key] ?? 0;
  const current = elements.findIndex((element) => element === document.activeElement);
  if (event.key === 'Enter' && current === 0) elements[1]?.click();
  if (step === 0 || current < 0) return;
  event.preventDefault();
  elements[Math.min(Math.max(current + step, 0), elements.length - 1)]?.focus();
}
