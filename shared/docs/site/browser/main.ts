/** The script of every page: navigation on a narrow screen, search, copying, scrolling by keyboard. */
import { elementById } from './dom.ts';
import { setUpSearch } from './search.ts';

function setUpNavigation(): void {
  const button = elementById('menu', HTMLButtonElement);
  const sidebar = elementById('navigation', HTMLElement);
  const setOpen = (isOpen: boolean): void => {
    sidebar.classList.toggle('open', isOpen);
    button.setAttribute('aria-expanded', String(isOpen));
  };
  button.addEventListener('click', () => setOpen(!sidebar.classList.contains('open')));
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !sidebar.classList.contains('open')) return;
    setOpen(false);
    button.focus();
  });
  // Scrolls the sidebar to the current entry. `scrollIntoView` would also scroll the page.
  const current = sidebar.querySelector<HTMLElement>('[aria-current]');
  if (current !== null) sidebar.scrollTop = current.offsetTop - sidebar.clientHeight / 2;
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Node && !sidebar.contains(target) && !button.contains(target)) setOpen(false);
  });
}

function setUpCopying(): void {
  for (const figure of document.querySelectorAll('figure.code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', () => {
      const text = figure.querySelector('code')?.textContent ?? '';
      void navigator.clipboard.writeText(text.trimEnd()).then(
        () => (button.textContent = 'Copied'),
        () => (button.textContent = 'Not allowed'),
      );
    });
    figure.append(button);
  }
}

/** Lets users scroll wide tables and examples by keyboard. https://www.w3.org/WAI/WCAG22/Understanding/keyboard */
function setUpScrolling(): void {
  const update = (): void => {
    for (const part of document.querySelectorAll<HTMLElement>('.table, .code pre'))
      if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
      else part.removeAttribute('tabindex');
  };
  update();
  addEventListener('resize', update);
}

setUpNavigation();
setUpCopying();
setUpScrolling();
setUpSearch();
