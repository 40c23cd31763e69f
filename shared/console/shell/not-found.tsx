import { hashOf } from '../state/route.ts';
import { useOffer } from './offer.tsx';
import { openPalette } from './palette-state.ts';
import { PageFrame } from '../ui/page.tsx';

const MAX_NEAR = 3;

/** Names that begin and end like a misspelled one. */
function nearNames(text: string, names: readonly string[]): readonly string[] {
  const wanted = text.toLowerCase();
  const equalLetters = (name: string): number => {
    const own = name.toLowerCase();
    let [front, back] = [0, 0];
    while (front < own.length && own[front] === wanted[front]) front += 1;
    while (back < own.length && own.at(-1 - back) === wanted.at(-1 - back)) back += 1;
    return front + back - Math.abs(own.length - wanted.length);
  };
  return names
    .filter((name) => equalLetters(name) >= wanted.length / 2)
    .sort((a, b) => equalLetters(b) - equalLetters(a))
    .slice(0, MAX_NEAR);
}

/** The page of an address that the console does not know. */
export function NotFoundPage({ address, what = 'page' }: { readonly address: string; readonly what?: string }) {
  const { entities } = useOffer();
  const near =
    what === 'entity'
      ? nearNames(
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
      {near.length > 0 && (
        <p>
          Did you mean{' '}
          {near.map((name, index) => (
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
