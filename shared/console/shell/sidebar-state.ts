import { createConsoleStore, useConsoleStore } from '../state/store.ts';

/** Whether the navigation is open on a narrow screen. */
const sidebarOpen = createConsoleStore(false);

export const useSidebarOpen = (): boolean => useConsoleStore(sidebarOpen);

export function toggleSidebar(open?: boolean): void {
  sidebarOpen.set((before) => open ?? !before);
}
