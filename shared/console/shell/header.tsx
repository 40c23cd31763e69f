import { Menu, MenuButton, MenuItem, MenuProvider } from '@ariakit/react';
import { capitalized } from '../format/words.ts';
import { applyTheme, useTheme } from '../state/preferences.ts';
import { THEMES, type ThemeChoice } from '../state/theme.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useConnection } from './console-context.tsx';
import { openPalette } from './palette-state.ts';
import { toggleSidebar, useSidebarOpen } from './sidebar-state.ts';

const MODES = {
  sandbox: ['Sandbox', 'A local sandbox: no real money'],
  test: ['Test mode', "Stripe's test mode: no real money"],
  live: ['LIVE', 'Live Stripe: real money'],
  unknown: ['Mode unknown', 'Stripe did not report the mode: treat it as real money'],
} as const;

export function Header() {
  const { connection, stripe, region } = useConnection();
  const open = useSidebarOpen();
  const [mode, meaning] = MODES[stripe];
  return (
    <header className="header">
      <button
        type="button"
        className="icon-button only-narrow"
        aria-label="Navigation"
        aria-expanded={open}
        aria-controls="navigation"
        onClick={() => toggleSidebar()}
      >
        <Icon name="menu" />
      </button>
      <a className="brand" href="#/">
        <span className="brand-mark" aria-hidden="true" />
        <span className="brand-name">{connection}</span>
        <span className="muted only-wide">{region}</span>
      </a>
      <span className={`mode ${stripe}`} data-stripe={stripe} title={meaning}>
        {mode}
      </span>
      <button type="button" className="search-button" onClick={() => openPalette()}>
        <Icon name="search" />
        <span>Search or jump to</span>
        <kbd className="only-wide">Ctrl K</kbd>
      </button>
      <ThemeMenu />
    </header>
  );
}

const THEME_ICONS: Readonly<Record<ThemeChoice, IconName>> = { system: 'auto', light: 'sun', dark: 'moon' };

function ThemeMenu() {
  const theme = useTheme();
  return (
    <MenuProvider placement="bottom-end">
      <MenuButton className="icon-button" aria-label={`Theme: ${theme}`}>
        <Icon name={THEME_ICONS[theme]} />
      </MenuButton>
      <Menu className="menu" gutter={4}>
        {THEMES.map((choice) => (
          <MenuItem
            key={choice}
            className="menu-item"
            role="menuitemradio"
            aria-checked={choice === theme}
            onClick={() => applyTheme(choice)}
          >
            <Icon name={THEME_ICONS[choice]} /> {capitalized(choice)}
          </MenuItem>
        ))}
      </Menu>
    </MenuProvider>
  );
}
