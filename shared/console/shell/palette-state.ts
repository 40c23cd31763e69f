import { createConsoleStore, useConsoleStore } from '../state/store.ts';

const paletteOpen = createConsoleStore(false);

export const usePaletteOpen = (): boolean => useConsoleStore(paletteOpen);

export function openPalette(): void {
  paletteOpen.set(() => true);
}

export function closePalette(): void {
  paletteOpen.set(() => false);
}
