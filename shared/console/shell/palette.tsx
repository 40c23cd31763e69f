import {
  Combobox,
  ComboboxItem,
  ComboboxList,
  ComboboxProvider,
  Dialog,
  DialogHeading,
  VisuallyHidden,
} from '@ariakit/react';
import { useMemo, useState } from 'react';
import { applyTheme } from '../state/preferences.ts';
import { useConnection, useCatalog } from './console-context.tsx';
import { paletteItems } from './palette-items.ts';
import { closePalette, usePaletteOpen } from './palette-state.ts';
import { navigationOf } from './pages-list.ts';

/** The palette, which opens with Ctrl+K. See `paletteItems` for what it finds. */
export function Palette() {
  const open = usePaletteOpen();
  return open ? <OpenPalette /> : null;
}

function OpenPalette() {
  const [text, setText] = useState('');
  const catalog = useCatalog();
  const connection = useConnection();
  const items = useMemo(() => {
    const pages = navigationOf(connection).flatMap((section) => section.pages);
    return paletteItems(text, catalog, pages, connection.local);
  }, [text, catalog, connection]);
  return (
    <Dialog
      open
      onClose={() => closePalette()}
      className="dialog palette"
      backdrop={<div className="backdrop" />}
      autoFocusOnHide={false}
    >
      <VisuallyHidden>
        <DialogHeading>Search or jump to</DialogHeading>
      </VisuallyHidden>
      <ComboboxProvider open resetValueOnHide={false} setInputValue={setText} focusLoop>
        <Combobox
          autoSelect="always"
          autoFocus
          className="palette-input"
          aria-label="Task, entity, action, page, id or email"
          placeholder="refund a payment, /v1/refunds, cus_..., jane@example.com"
        />
        <ComboboxList className="palette-list" aria-label="Results">
          {items.map(({ hash, text: line, kind, note, theme }) => (
            <ComboboxItem
              key={hash + kind}
              className="palette-item"
              focusOnHover
              setValueOnClick={false}
              onClick={() => {
                closePalette();
                if (theme !== undefined) applyTheme(theme);
                else location.href = hash;
              }}
            >
              <span className="palette-kind">{kind}</span>
              <span className="palette-text">{line}</span>
              {note !== undefined && <span className="muted">{note}</span>}
            </ComboboxItem>
          ))}
        </ComboboxList>
        {items.length === 0 && (
          <p className="palette-empty" role="status">
            No task, entity, action or page matches “{text}”. Paste an id such as cus_… to open its object.
          </p>
        )}
      </ComboboxProvider>
    </Dialog>
  );
}
