/** `npm run modelled`: writes the page of what the sandbox models. */
import { writeFileSync } from 'node:fs';
import { MODELLED, modelledPage } from './modelled.ts';

writeFileSync(MODELLED, modelledPage());
