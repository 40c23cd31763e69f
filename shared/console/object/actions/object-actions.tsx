import type { OutputRow } from '../../api/calls.ts';
import { isDestructive } from '../../form/target.ts';
import { humanName } from '../../format/words.ts';
import { useOffer } from '../../shell/offer.tsx';
import { hashOf } from '../../state/route.ts';
import { actionsFor, shortTitle } from './action-states.ts';
import { nextForms } from './next-forms.ts';

interface ObjectActionsProps {
  readonly entity: string;
  readonly id: string;
  readonly row: OutputRow;
  readonly operations: readonly string[];
}

interface ActionLink {
  readonly text: string;
  readonly hash: string;
  readonly destructive: boolean;
}

/** Buttons next to the title. More of them would push the title away. */
const MAX_BUTTONS = 4;

/**
 * What can be done with the object: forms that begin with it, Update, the actions that its state permits, and Delete. The
 * menu has the rest, and the actions of other states with what they need.
 */
export function ObjectActions({ entity, id, row, operations }: ObjectActionsProps) {
  const { actions, entities } = useOffer();
  const all = actionsFor(entity, row, actions);
  const operation = (name: 'Update' | 'Delete'): ActionLink[] =>
    operations.includes(name)
      ? [{ text: name, hash: hashOf(['entity', entity, name], { id }), destructive: name === 'Delete' }]
      : [];
  const available = all
    .filter((item) => item.available)
    .map(({ needs, action: { name, title, readOnly } }) => ({
      text: shortTitle(title, entity),
      hash: hashOf(['action', name], { id }),
      destructive: isDestructive({ kind: 'action', action: name, entity, readOnly }),
      // An action that only this state permits is what the object waits for.
      isNext: needs.length > 0,
    }));
  const next: readonly ActionLink[] = [
    ...nextForms(entity, id, row, entities).map((form) => ({ ...form, destructive: false })),
    ...available.filter(({ isNext, destructive }) => isNext && !destructive),
  ];
  const links: readonly ActionLink[] = [
    ...next,
    ...operation('Update'),
    ...available.filter(({ isNext, destructive }) => !isNext || destructive),
    ...operation('Delete'),
  ];
  // What the object waits for, or a form that makes something new of it.
  const primary = next.find(({ hash }) => !hash.includes('/Update'))?.hash;
  const closed = all.filter(({ available }) => !available);
  const buttons = links.length <= MAX_BUTTONS + 1 ? links : links.slice(0, MAX_BUTTONS);
  const others = links.slice(buttons.length);
  return (
    <>
      {buttons.map(({ text, hash, destructive }) => (
        <a
          key={hash}
          className={destructive ? 'button danger-outline' : hash === primary ? 'button primary' : 'button'}
          href={hash}
        >
          {text}
        </a>
      ))}
      {others.length + closed.length > 0 && (
        <details className="more-actions">
          <summary className="button">More actions</summary>
          <ul className="menu">
            {others.map(({ text, hash, destructive }) => (
              <li key={hash}>
                <a className={destructive ? 'menu-item bad-text' : 'menu-item'} href={hash}>
                  {text}
                </a>
              </li>
            ))}
            {closed.map(({ action, needs }) => (
              <li key={action.name} className="menu-note">
                {shortTitle(action.title, entity)}: needs {needs.map(humanName).join(', ').toLowerCase()}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
