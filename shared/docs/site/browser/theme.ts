/** Sets the theme before the page is drawn. The console stores its theme under the same key. */
type SiteTheme = 'system' | 'light' | 'dark';

const SITE_THEMES: readonly SiteTheme[] = ['system', 'light', 'dark'];
const SITE_THEME_KEY = 'stripe-connector.theme';

/**
 * Returns the stored theme, or `system` without one. A browser may block the storage, for example in a private window.
 */
function storedTheme(): SiteTheme {
  try {
    const stored = localStorage.getItem(SITE_THEME_KEY);
    return SITE_THEMES.find((choice) => choice === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

function showTheme(choice: SiteTheme): void {
  document.documentElement.dataset['theme'] = choice;
  document.getElementById('theme')?.setAttribute('aria-label', `Theme: ${choice}`);
}

/** Changes to the next theme: system, light, dark. */
function changeTheme(): void {
  const shown = SITE_THEMES.findIndex((choice) => choice === document.documentElement.dataset['theme']);
  const choice = SITE_THEMES[(shown + 1) % SITE_THEMES.length] ?? 'system';
  showTheme(choice);
  try {
    localStorage.setItem(SITE_THEME_KEY, choice);
  } catch {
    // Without storage the theme applies to this page only.
  }
}

showTheme(storedTheme());
document.addEventListener('DOMContentLoaded', () => {
  showTheme(storedTheme());
  document.getElementById('theme')?.addEventListener('click', changeTheme);
});
