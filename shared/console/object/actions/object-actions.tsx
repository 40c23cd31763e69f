import type { OutputRow } from '../../api/calls.ts';
import { isDestructive } from '../../form/target.ts';
import { humanName } from '../../format/words.ts';
import { useCatalog } from '../../shell/console-context.tsx';
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

/**
 * Number of buttons next to the title if the other links are in a menu. More buttons would leave no room for the title.
 */
const MAX_BUTTONS = 4;

/**
 * What the user can do with the object: forms that are filled from it, Update, the available actions, and Delete. A
 * menu has the links that do not fit next to the title, and says what the unavailable actions need.
 */
export function ObjectActions({ entity, id, row, operations }: ObjectActionsProps) {
  const { actions, entities } = useCatalog();
  const entityActions = actionsFor(entity, row, actions);
  const operation = (name: 'Update' | 'Delete'): ActionLink[] =>
    operations.includes(name)
      ? [{ text: name, hash: hashOf(['entity', entity, name], { id }), destructive: name === 'Delete' }]
      : [];
  const available = entityActions
    .filter((item) => item.available)
    .map(({ requirements, action: { name, title, readOnly } }) => ({
      text: shortTitle(title, entity),
      hash: hashOf(['action', name], { id }),
      destructive: isDestructive({ kind: 'action', action: name, entity, readOnly }),
      // An action that only some statuses permit is a likely next step.
      isLikelyNext: requirements.length > 0,
    }));
  const next: readonly ActionLink[] = [
    ...nextForms(entity, id, row, entities).map((form) => ({ ...form, destructive: false })),
    ...available.filter(({ isLikelyNext, destructive }) => isLikelyNext && !destructive),
  ];
  const links: readonly ActionLink[] = [
    ...next,
    ...operation('Update'),
    ...available.filter(({ isLikelyNext, destructive }) => !isLikelyNext || destructive),
    ...operation('Delete'),
  ];
  // The first next step that is not an Update has the primary button.
  const primary = next.find(({ hash }) => !hash.includes('/Update'))?.hash;
  const unavailable = entityActions.filter((item) => !item.available);
  const buttons = links.length <= MAX_BUTTONS + 1 ? links : links.slice(0, MAX_BUTTONS);
  const others = links.slice(buttons.length);
  return (
    <>
      {buttons.map(({ text, hash, destructive }) => (
        <a key={hash} className={buttonClass(destructive, hash === primary)} href={hash}>
          {text}
        </a>
      ))}
      {others.length + unavailable.length > 0 && (
        <MoreActions
          links={others}
          notes={unavailable.map(
            ({ action, requirements }) =>
              `${shortTitle(action.title, entity)}: needs ${requirements.map(humanName).join(', ').toLowerCase()}`,
          )}
        />
      )}
    </>
  );
}

function buttonClass(isDestructiveLink: boolean, isPrimary: boolean): string {
  if (isDestructiveLink) return 'button danger-outline';
  return isPrimary ? 'button primary' : 'button';
}

interface MoreActionsProps {
  readonly links: readonly ActionLink[];
  /** One note for each unavailable action: what the action needs. */
  readonly notes: readonly string[];
}

function MoreActions({ links, notes }: MoreActionsProps) {
  return (
    <details className="more-actions">
      <summary className="button">More actions</summary>
      <ul className="menu">
        {links.map(({ text, hash, destructive }) => (
          <li key={hash}>
            <a className={destructive ? 'menu-item bad-text' : 'menu-item'} href={hash}>
              {text}
            </a>
          </li>
        ))}
        {notes.map((note) => (
          <li key={note} className="menu-note">
            {note}
          </li>
        ))}
      </ul>
    </details>
  );
}
