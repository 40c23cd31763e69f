import { isDestructive } from '../form/target.ts';
import { humanName } from '../format/words.ts';
import { useOffer } from '../shell/offer.tsx';
import { hashOf } from '../state/route.ts';
import { actionsFor } from './action-states.ts';

interface ObjectActionsProps {
  readonly entity: string;
  readonly id: string;
  readonly status: string | undefined;
  readonly operations: readonly string[];
}

/** Update, Delete and the actions that the object's state permits; the others are listed with the states they need. */
export function ObjectActions({ entity, id, status, operations }: ObjectActionsProps) {
  const { actions } = useOffer();
  const all = actionsFor(entity, status, actions);
  const closed = all.filter(({ available }) => !available);
  return (
    <>
      {operations.includes('Update') && (
        <a className="button" href={hashOf(['entity', entity, 'Update'], { id })}>
          Update
        </a>
      )}
      {all
        .filter(({ available }) => available)
        .map(({ action: { name, title, readOnly } }) => (
          <a
            key={name}
            className={
              isDestructive({ kind: 'action', action: name, entity, readOnly }) ? 'button danger-outline' : 'button'
            }
            href={hashOf(['action', name], { id })}
          >
            {title}
          </a>
        ))}
      {operations.includes('Delete') && (
        <a className="button danger-outline" href={hashOf(['entity', entity, 'Delete'], { id })}>
          Delete
        </a>
      )}
      {closed.length > 0 && (
        <details className="more-actions">
          <summary className="button">{closed.length} not in this state</summary>
          <ul className="menu">
            {closed.map(({ action, states }) => (
              <li key={action.name} className="menu-note">
                {action.title}: needs {(states ?? []).map(humanName).join(', ').toLowerCase()}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
