import { Fragment } from 'react';

/** A description of discovery: words in backticks are code. */
export function Prose({ text }: { readonly text: string }) {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) =>
      index % 2 === 1 ? <code key={index}>{part}</code> : <Fragment key={index}>{part}</Fragment>,
    );
}
