import { useState } from 'react';
import type { ActionSummary } from '../api/discovery.ts';
import { descriptionOf, leadSentence } from '../format/description.ts';
import { searchKey, countedNoun } from '../format/words.ts';
import { useCatalog } from '../shell/console-context.tsx';
import { COMMON_ENTITIES } from '../shell/recent-entities.ts';
import { hashOf } from '../state/route.ts';
import { NameText } from '../ui/value.tsx';
import { EmptyState } from '../ui/states.tsx';
import { PageFrame } from '../ui/page.tsx';

/** Returns the entities that most accounts use, then the other entities in the given order. */
function commonFirst<T extends { readonly name: string }>(entities: readonly T[]): readonly T[] {
  const common = COMMON_ENTITIES.flatMap((name) => entities.filter((entity) => entity.name === name));
  return [...common, ...entities.filter((entity) => !common.includes(entity))];
}

/** All entities with their operations and actions, filtered by a search. */
export function BrowsePage() {
  const { entities, actions } = useCatalog();
  const [text, setText] = useState('');
  const wanted = searchKey(text);
  const matches = (name: string): boolean => searchKey(name).includes(wanted);
  const groups = commonFirst(entities).flatMap((entity) => {
    const entityActions = actions.filter((action) => action.entity === entity.name);
    const isMatch = matches(entity.name);
    const shown = isMatch ? entityActions : entityActions.filter(({ title }) => matches(title));
    return isMatch || shown.length > 0 ? [{ ...entity, description: descriptionOf(entity), actions: shown }] : [];
  });
  return (
    <PageFrame
      title="Browse"
      lead={`${countedNoun(entities.length, 'entity', 'entities')} with ${countedNoun(
        entities.reduce((sum, { operations }) => sum + operations.length, 0),
        'operation',
      )}, and ${countedNoun(actions.length, 'action')}.`}
    >
      <label className="field find">
        <span>Find an entity or an action</span>
        <input
          type="search"
          data-page-search=""
          value={text}
          placeholder="invoice, payment intent, terminal"
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <p className="visually-hidden" role="status">
        {text !== '' && countedNoun(groups.length, 'match', 'matches')}
      </p>
      {groups.length === 0 && <EmptyState title={`No entity or action matches “${text}”`} />}
      <ul className="browse">
        {groups.map((group) => (
          <BrowseRow key={group.name} {...group} open={text !== ''} />
        ))}
      </ul>
    </PageFrame>
  );
}

interface BrowseRowProps {
  readonly name: string;
  readonly operations: readonly string[];
  readonly description: string | undefined;
  readonly actions: readonly ActionSummary[];
  /** Whether the actions are shown, because the user searches. */
  readonly open: boolean;
}

/** One entity with its description, operations and actions. */
function BrowseRow({ name, operations, description, actions, open }: BrowseRowProps) {
  const [first = 'Get'] = operations;
  const hash = (operation: string): string =>
    hashOf(operation === 'List' ? ['entity', name] : ['entity', name, operation]);
  return (
    <li className="browse-row">
      <h2>
        <a href={hash(operations.includes('List') ? 'List' : first)}>
          <NameText text={name} />
        </a>
      </h2>
      <p className="muted">{leadSentence(description)}</p>
      <p className="chips">
        {operations.map((operation) => (
          <a key={operation} className="chip" href={hash(operation)}>
            {operation}
          </a>
        ))}
      </p>
      {actions.length > 0 && (
        <details open={open}>
          <summary>{countedNoun(actions.length, 'action')}</summary>
          <ul className="links">
            {actions.map((action) => (
              <li key={action.name}>
                <a href={hashOf(['action', action.name])}>{action.title}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
