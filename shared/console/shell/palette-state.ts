import { createConsoleStore, useConsoleStore } from '../state/store.ts';

const paletteOpen = createConsoleStore(false);

export const usePaletteOpen = (): boolean => useConsoleStore(paletteOpen);

export function openPalette(open = true): void {
  paletteOpen.set(() => open);
}
