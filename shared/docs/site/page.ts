/** One page of the documentation site. */
export interface DocsPage {
  /** Path below `/docs/`, without a slash at its ends: `reference/settings`. Empty for the front page. */
  readonly path: string;
  readonly section: SectionId;
  /** The text of the H1. */
  readonly title: string;
  /** The text in the navigation. */
  readonly label: string;
  /** One line for search results and llms.txt. */
  readonly description: string;
  /** The file in the repository that the page is made from. Undefined for a generated page. */
  readonly source?: string;
  /** Markdown with the H1. Links are relative to `source`, or begin with `/docs/`. */
  readonly markdown: string;
  /**
   * False for a page that the navigation does not list: an index page, or the page of an entity or an action, to which
   * an index page links.
   */
  readonly isListed: boolean;
  /**
   * Names by which the search finds the page. Pages of entities and actions have names, and index pages an empty list.
   * The text of a page with this field is not searched.
   */
  readonly searchWords?: readonly string[];
}

export type SectionId =
  | 'start'
  | 'tutorials'
  | 'how-to'
  | 'reference'
  | 'terraform'
  | 'explanation'
  | 'help'
  | 'project';

export interface DocsSection {
  readonly id: SectionId;
  readonly title: string;
  /** What the section is for. */
  readonly summary: string;
  /** Path of the page that lists the section's pages. The page is generated if no file has this path. */
  readonly index?: string;
}

export const SECTIONS: readonly DocsSection[] = [
  { id: 'start', title: 'Start', summary: 'What the connector is, and a first call.' },
  {
    id: 'tutorials',
    title: 'Tutorials',
    summary: 'Lessons that begin with nothing and end with something that works.',
    index: 'tutorials',
  },
  {
    id: 'how-to',
    title: 'How-to guides',
    summary: 'Steps for one task each: deploy, connect, upgrade.',
    index: 'how-to',
  },
  {
    id: 'reference',
    title: 'Reference',
    summary: 'Every function, entity, action, setting, error, header and command.',
    index: 'reference',
  },
  {
    id: 'terraform',
    title: 'Terraform modules',
    summary: 'Inputs and outputs of the modules, the examples and the recipes.',
    index: 'reference/terraform',
  },
  {
    id: 'explanation',
    title: 'Explanation',
    summary: 'How the limit, the exactly-once effect and the cost come about.',
    index: 'explanation',
  },
  { id: 'help', title: 'Help', summary: 'Terms and frequent questions.' },
  { id: 'project', title: 'Project', summary: 'Contributing, security, tests, changes.' },
];

/** Returns the URL of a page, or with the ending `.md` the URL of its Markdown. */
export function pageUrl(path: string, ending: '' | '.md' = ''): string {
  return ending === '' ? `/docs/${path}` : `/docs/${path === '' ? 'index' : path}${ending}`;
}
