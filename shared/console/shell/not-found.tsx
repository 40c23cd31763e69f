import { hashOf } from '../state/route.ts';
import { useCatalog } from './console-context.tsx';
import { openPalette } from './palette-state.ts';
import { PageFrame } from '../ui/page.tsx';

const MAX_SUGGESTED_NAMES = 3;

/** Names that have letters at the beginning or the end in common with `text`, the most similar first. */
function similarNames(text: string, names: readonly string[]): readonly string[] {
  const wanted = text.toLowerCase();
  const similarity = (name: string): number => {
    const candidate = name.toLowerCase();
    let [equalAtStart, equalAtEnd] = [0, 0];
    while (equalAtStart < candidate.length && candidate[equalAtStart] === wanted[equalAtStart]) equalAtStart += 1;
    while (equalAtEnd < candidate.length && candidate.at(-1 - equalAtEnd) === wanted.at(-1 - equalAtEnd))
      equalAtEnd += 1;
    return equalAtStart + equalAtEnd - Math.abs(candidate.length - wanted.length);
  };
  return names
    .filter((name) => similarity(name) >= wanted.length / 2)
    .sort((a, b) => similarity(b) - similarity(a))
    .slice(0, MAX_SUGGESTED_NAMES);
}

/**
 * The page for an address without a page, or for an entity, an operation or an action that the connector does not
 * offer.
 */
export function NotFoundPage({ address, what = 'page' }: { readonly address: string; readonly what?: string }) {
  const { entities } = useCatalog();
  const similar =
    what === 'entity'
      ? similarNames(
          address,
          entities.map(({ name }) => name),
        )
      : [];
  return (
    <PageFrame
      title={`No such ${what}`}
      lead={
        <>
          The console has no {what} “{address}”.
        </>
      }
    >
      {similar.length > 0 && (
        <p>
          Did you mean{' '}
          {similar.map((name, index) => (
            <span key={name}>
              {index > 0 && ' or '}
              <a href={hashOf(['entity', name])}>{name}</a>
            </span>
          ))}
          ?
        </p>
      )}
      <div className="buttons">
        <button type="button" className="primary" onClick={() => openPalette()}>
          Search
        </button>
        <a className="button" href="#/">
          Home
        </a>
        <a className="button" href="#/browse">
          All entities and actions
        </a>
      </div>
    </PageFrame>
  );
}
