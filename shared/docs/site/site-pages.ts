import path from 'node:path';
import { descriptionFile } from '../../adapters/description-file.ts';
import { catalogFiles } from '../../adapters/catalog-files.ts';
import { OPERATOR_GROUPS } from '../../cli/commands/operator-commands.ts';
import { COMMANDS, GLOBAL_OPTIONS, PROGRAM } from '../../cli/program.ts';
import { Discovery } from '../../schema/discovery.ts';
import { indexPages } from './content/index-pages.ts';
import type { DocsPage } from './page.ts';
import { actionPages } from './reference/action-pages.ts';
import { commandLinePage } from './reference/command-line-page.ts';
import { entityPages } from './reference/entity-pages.ts';
import { httpHeadersPage } from './reference/http-headers.ts';
import { repositoryPages } from './content/repository-pages.ts';

export interface SiteSources {
  /** Folder of the repository. */
  readonly root: string;
  /** File with the descriptions of the catalog, which `infra/bundles/descriptions.mjs` writes. */
  readonly descriptions: string;
}

/** Returns every page of the site. */
export function sitePages({ root, descriptions }: SiteSources): DocsPage[] {
  const catalog = { ...catalogFiles(path.join(root, 'shared/catalog')), descriptions: descriptionFile(descriptions) };
  const discovery = new Discovery(catalog);
  const command = commandLinePage({
    program: PROGRAM,
    commands: COMMANDS,
    groups: OPERATOR_GROUPS,
    globalOptions: GLOBAL_OPTIONS,
  });
  const pages = [
    ...repositoryPages(root),
    ...entityPages(discovery),
    ...actionPages(discovery),
    command,
    httpHeadersPage(),
  ];
  return [...pages, ...indexPages(pages)];
}
