import { createConsoleStore, useConsoleStore } from './store.ts';
import { THEMES, type ThemeChoice } from './theme.ts';

const THEME_KEY = 'stripe-connector.theme';

/** Returns a stored preference. If the browser blocks storage, for example in a private window, returns undefined. */
function readStored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage, the preference is kept in memory only.
  }
}

const theme = createConsoleStore<ThemeChoice>(THEMES.find((choice) => choice === readStored(THEME_KEY)) ?? 'system');

export const useTheme = (): ThemeChoice => useConsoleStore(theme);

/** Applies a theme to the document. Stores the theme if it changed. */
export function applyTheme(choice: ThemeChoice = theme.get()): void {
  document.documentElement.dataset['theme'] = choice;
  if (choice === theme.get()) return;
  theme.set(() => choice);
  writeStored(THEME_KEY, choice);
}

const columnChoices = createConsoleStore<Readonly<Record<string, readonly string[]>>>({});
const COLUMNS_KEY = 'stripe-connector.columns.';

/** The columns that the user chose for an entity. Undefined before the user chose any. */
export function useChosenColumns(entity: string): readonly string[] | undefined {
  const chosen = useConsoleStore(columnChoices);
  return chosen[entity] ?? readStored(COLUMNS_KEY + entity)?.split(',');
}

export function chooseColumns(entity: string, names: readonly string[]): void {
  columnChoices.set((before) => ({ ...before, [entity]: names }));
  writeStored(COLUMNS_KEY + entity, names.join(','));
}
