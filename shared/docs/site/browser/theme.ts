/** Sets the theme before the page is drawn. The console has the same choice under the same key. */
type SiteTheme = 'system' | 'light' | 'dark';

const SITE_THEMES: readonly SiteTheme[] = ['system', 'light', 'dark'];
const SITE_THEME_KEY = 'stripe-connector.theme';

/** Storage may be blocked, for example in a private window. */
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
    // The choice lasts as long as the page.
  }
}

showTheme(storedTheme());
document.addEventListener('DOMContentLoaded', () => {
  showTheme(storedTheme());
  document.getElementById('theme')?.addEventListener('click', changeTheme);
});
