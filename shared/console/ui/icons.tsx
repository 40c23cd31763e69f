import { ICON_PATHS, type IconName } from './icon-paths.ts';

export type { IconName };

/** A decorative icon, hidden from screen readers. The text or the label of its control has the meaning. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={ICON_PATHS[name]} />
    </svg>
  );
}
