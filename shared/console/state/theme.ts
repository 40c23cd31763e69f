export const THEMES = ['system', 'light', 'dark'] as const;

/** `system` follows the system's preference. */
export type ThemeChoice = (typeof THEMES)[number];
