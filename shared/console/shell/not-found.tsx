import { openPalette } from './palette-state.ts';
import { PageFrame } from '../ui/page.tsx';

/** The page of an address that the console does not know. */
export function NotFoundPage({ address, what = 'page' }: { readonly address: string; readonly what?: string }) {
  return (
    <PageFrame
      title={`No such ${what}`}
      lead={
        <>
          The console has no {what} “{address}”.
        </>
      }
    >
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
