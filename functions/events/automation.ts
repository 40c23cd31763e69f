import '../../shared/serve/before-message.ts';
import { automationFunction } from '../../shared/serve/automation/automation.ts';
import { world } from '../../shared/world.ts';
import manifest from '../manifest.json';

export const automation = automationFunction(world, manifest.functions);
