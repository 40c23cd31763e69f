import { GO_KEYS } from '../shell/use-shortcuts.ts';
import { PageFrame } from '../ui/page.tsx';

const SHORTCUT_KEYS: readonly (readonly [keys: readonly string[], effect: string])[] = [
  [['Ctrl', 'K'], 'Search: entities, actions, pages, ids'],
  [['/'], 'Go to the search field of the page'],
  [['?'], 'This list'],
  [['Esc'], 'Close a dialog, a menu or the navigation'],
  [['Ctrl', 'Enter'], 'Run the form'],
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
