import { GO_KEYS } from '../shell/use-shortcuts.ts';
import { PageFrame } from '../ui/page.tsx';

const SHORTCUT_KEYS: readonly (readonly [keys: readonly string[], effect: string])[] = [
  [['Ctrl', 'K'], 'Search: entities, actions, pages, ids'],
  [['/'], 'Go to the search field of the page'],
  [['?'], 'This list'],
  [['Esc'], 'Close a dialog, a menu or the navigation'],
  [['Ctrl', 'Enter'], 'Run the form'],
  [['↑', '↓', '←', '→'], 'In a table: the next cell; Home and End: the ends of the row'],
  [['Page Down'], 'In a table: the next page; Page Up: the previous'],
  [['Enter'], 'In a table: open the link of the cell, or show the details'],
  [['Space'], 'In a table: show the details, or check the box'],
  [['Ctrl', 'C'], 'In a table: copy the value of the cell'],
  [['Tab'], 'From the first Tab: skip to the content'],
  ...Object.entries(GO_KEYS).map(([key, [, text]]): readonly [readonly string[], string] => [
    ['g', key],
    `Open ${text}`,
  ]),
];

export function ShortcutsPage() {
  return (
    <PageFrame title="Keyboard shortcuts" lead="Single keys do nothing while you type in a field.">
      <div className="scroll" tabIndex={0} role="region" aria-label="Shortcuts">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Keys</th>
              <th scope="col">Effect</th>
            </tr>
          </thead>
          <tbody>
            {SHORTCUT_KEYS.map(([keys, effect]) => (
              <tr key={effect}>
                <td>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </td>
                <td>{effect}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </PageFrame>
  );
}
