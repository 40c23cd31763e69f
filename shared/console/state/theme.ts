export const THEMES = ['system', 'light', 'dark'] as const;

/** `system` follows the preference of the operating system. */
export type ThemeChoice = (typeof THEMES)[number];
