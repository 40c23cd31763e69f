import type { EntityDescriptor } from '../../schema/entity.ts';
import { hashOf } from '../state/route.ts';
import { EmptyState } from '../ui/states.tsx';

interface NoRowsProps {
  readonly descriptor: EntityDescriptor;
  readonly filter: string;
  readonly onClear: () => void;
}

/**
 * Shown in place of a table without rows. If there is a filter, a button clears the filter. Otherwise a link opens the
 * form that creates an object.
 */
export function NoRows({ descriptor: { name, operations }, filter, onClear }: NoRowsProps) {
  if (filter !== '')
    return (
      <EmptyState title="No row matches the filter">
        <button type="button" onClick={onClear}>
          Clear the filter
        </button>
      </EmptyState>
    );
  return (
    <EmptyState title={`There is no ${name} yet`}>
      {operations.includes('Create') && (
        <a className="button primary" href={hashOf(['entity', name, 'Create'])}>
          Create the first
        </a>
      )}
    </EmptyState>
  );
}
