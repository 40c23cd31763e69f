import { Component, type ReactNode } from 'react';
import { ErrorState } from './states.tsx';

interface PageBoundaryState {
  readonly error: Error | undefined;
}

/** If a page throws, shows the error in place of the page, so that the navigation stays usable. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, PageBoundaryState> {
  override state: PageBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): PageBoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <ErrorState error={error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
