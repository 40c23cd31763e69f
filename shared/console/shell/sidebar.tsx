import { useEffect } from 'react';
import { hashOf, useConsoleRoute } from '../state/route.ts';
import { Icon } from '../ui/icons.tsx';
import { useConnection, useCatalog } from './console-context.tsx';
import { navigationOf } from './pages-list.ts';
import { toggleSidebar, useSidebarOpen } from './sidebar-state.ts';
import { useRecentEntities } from './recent-entities.ts';

/**
 * The navigation: pages, the documentation if the server serves it, common entities, and the entities that the user
 * opened last.
 */
export function Sidebar() {
  const { segments } = useConsoleRoute();
  const open = useSidebarOpen();
  const connection = useConnection();
  const { entities } = useCatalog();
  const recent = useRecentEntities(entities);
  const address = segments.join('/');
  useEffect(() => toggleSidebar(false), [address]);
  useEffect(() => {
    if (!open) return undefined;
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') toggleSidebar(false);
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [open]);
  const isHome = segments.length === 0;
  const current = (first: string, name?: string): 'page' | undefined =>
    segments[0] === first && (name === undefined || segments[1] === name) ? 'page' : undefined;
  return (
    <>
      {open && <div className="backdrop only-narrow" onClick={() => toggleSidebar(false)} />}
      <nav id="navigation" aria-label="Main" className={open ? 'sidebar open' : 'sidebar'}>
        {navigationOf(connection).map(({ title, pages }) => (
          <section key={title} aria-label={title}>
            {title !== '' && <p className="sidebar-title">{title}</p>}
            <ul>
              {pages.map(({ segment, text, icon }) => (
                <li key={text}>
                  <a
                    href={hashOf(segment === '' ? [] : [segment])}
                    aria-current={isHome && segment === '' ? 'page' : current(segment)}
                  >
                    <Icon name={icon} /> {text}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {connection.local && (
          <section aria-label="Help">
            <p className="sidebar-title">Help</p>
            <ul>
              <li>
                <a href="/docs/">
                  <Icon name="book" /> Documentation
                </a>
              </li>
            </ul>
          </section>
        )}
        <section aria-label="Entities">
          <p className="sidebar-title">Entities</p>
          <ul>
            {recent.map((name) => (
              <li key={name}>
                <a href={hashOf(['entity', name])} aria-current={current('entity', name) ?? current('object', name)}>
                  {name}
                </a>
              </li>
            ))}
            <li>
              <a href="#/browse">All entities and actions</a>
            </li>
          </ul>
        </section>
      </nav>
    </>
  );
}
