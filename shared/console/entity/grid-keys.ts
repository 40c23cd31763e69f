import type { KeyboardEvent } from 'react';

/**
 * Moves the focus in a table with one tab stop: arrows, Home, End. Enter follows the link of a cell, or opens its
 * details as Space does. https://www.w3.org/WAI/ARIA/apg/patterns/grid/
 */
export function moveInGrid(event: KeyboardEvent<HTMLElement>, onDetails: (row: number, column: number) => void): void {
  const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]');
  const grid = event.currentTarget;
  if (cell === null) return;
  const [row = 0, column = 0] = (cell.dataset['cell'] ?? '').split(',').map(Number);
  const focus = (toRow: number, toColumn: number): void => {
    const target = grid.querySelector<HTMLElement>(`[data-cell="${toRow},${toColumn}"]`);
    if (target === null) return;
    event.preventDefault();
    cell.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  };
  const columns = grid.querySelectorAll(`[data-cell^="${row},"]`).length;
  switch (event.key) {
    case 'ArrowDown':
      return focus(row + 1, column);
    case 'ArrowUp':
      return focus(row - 1, column);
    case 'ArrowRight':
      return focus(row, column + 1);
    case 'ArrowLeft':
      return focus(row, column - 1);
    case 'Home':
      return focus(row, 0);
    case 'End':
      return focus(row, columns - 1);
    case 'Enter': {
      const link = cell.querySelector('a');
      event.preventDefault();
      if (link === null) onDetails(row, column);
      else link.click();
      return;
    }
    case ' ':
      event.preventDefault();
      return onDetails(row, column);
  }
}
