import { Fragment } from 'react';

/** A description from discovery. Text in backticks is shown as code. */
export function Prose({ text }: { readonly text: string }) {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) =>
      index % 2 === 1 ? <code key={index}>{part}</code> : <Fragment key={index}>{part}</Fragment>,
    );
}
