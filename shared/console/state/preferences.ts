import { createConsoleStore, useConsoleStore } from './store.ts';
import { THEMES, type ThemeChoice } from './theme.ts';

const THEME_KEY = 'stripe-connector.theme';

/** Storage may be blocked, for example in a private window: then a preference lasts as long as the page. */
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
    // The choice is only kept in memory.
  }
}

const theme = createConsoleStore<ThemeChoice>(THEMES.find((choice) => choice === readStored(THEME_KEY)) ?? 'system');

export const useTheme = (): ThemeChoice => useConsoleStore(theme);

/** Sets the theme of the document, and keeps it. */
export function applyTheme(choice: ThemeChoice = theme.get()): void {
  document.documentElement.dataset['theme'] = choice;
  if (choice === theme.get()) return;
  theme.set(() => choice);
  writeStored(THEME_KEY, choice);
}

const columnChoices = createConsoleStore<Readonly<Record<string, readonly string[]>>>({});
const COLUMNS_KEY = 'stripe-connector.columns.';

/** The columns that the user chose for an entity, undefined before a choice. */
export function useChosenColumns(entity: string): readonly string[] | undefined {
  const chosen = useConsoleStore(columnChoices);
  return chosen[entity] ?? readStored(COLUMNS_KEY + entity)?.split(',');
}

export function chooseColumns(entity: string, names: readonly string[]): void {
  columnChoices.set((before) => ({ ...before, [entity]: names }));
  writeStored(COLUMNS_KEY + entity, names.join(','));
}
