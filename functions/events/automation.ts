import '../../shared/http/preload/pubsub.ts';
import { automationFunction } from '../../shared/automation/function.ts';
import { getApp } from '../../shared/app.ts';
import manifest from '../manifest.json';

export const automation = automationFunction(getApp, manifest.functions);
