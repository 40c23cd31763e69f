import type { KeyboardEvent } from 'react';
import { copyText } from '../code.tsx';

interface GridActions {
  /** Shows the details of a cell or of its row. */
  readonly onOpen: (cell: HTMLElement) => void;
  readonly onPage: (by: 1 | -1) => void;
  readonly onClose: () => void;
}

/**
 * Handles the keys of a table with one tab stop: arrows, Home, End, Page Up and Page Down. Enter presses the link,
 * button or checkbox of the cell, and Space its button or checkbox. If the cell has none, both keys show the details,
 * and so does Space on a link. Escape closes the details. Ctrl+C copies the value of the cell.
 * https://www.w3.org/WAI/ARIA/apg/patterns/grid/
 */
export function handleGridKey(event: KeyboardEvent<HTMLElement>, { onOpen, onPage, onClose }: GridActions): void {
  // A cell has the indexes of its row and its column in `data-cell`. The row of headers is -1.
  const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]');
  if (cell === null) return;
  const grid = event.currentTarget;
  const [row = 0, column = 0] = (cell.dataset['cell'] ?? '').split(',').map(Number);
  const isHeader = row < 0;
  const lastColumn = grid.querySelectorAll(`[data-cell^="${row},"]`).length - 1;
  const moves: Readonly<Record<string, readonly [row: number, column: number]>> = {
    ArrowDown: [row + 1, column],
    ArrowUp: [row - 1, column],
    ArrowRight: [row, column + 1],
    ArrowLeft: [row, column - 1],
    Home: [row, 0],
    End: [row, lastColumn],
  };
  const act = (action: () => void): void => {
    event.preventDefault();
    action();
  };
  const control = cell.querySelector<HTMLElement>('a, button, input');
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'c') {
    if (document.getSelection()?.toString() === '')
      act(() => void copyText(cell.dataset['value'] ?? cell.textContent, 'Copied the cell'));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // The focused button of a header handles Enter and Space itself.
  if (isHeader && (key === 'Enter' || key === ' ')) return;
  const to = moves[key];
  if (to !== undefined) {
    const target = grid.querySelector<HTMLElement>(`[data-cell="${to.join()}"]`);
    if (target !== null) act(() => target.focus());
  } else if (key === 'PageDown') act(() => onPage(1));
  else if (key === 'PageUp') act(() => onPage(-1));
  else if (key === 'Escape') onClose();
  else if (key === 'Enter' && control !== null) act(() => control.click());
  else if (key === ' ' && control !== null && control.tagName !== 'A') act(() => control.click());
  else if (key === 'Enter' || key === ' ') act(() => onOpen(cell));
}
