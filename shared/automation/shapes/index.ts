import type { MessageShapes } from './message-shape.ts';

/**
 * The shapes of messages of other senders, by their names. Data that no shape reads or ignores is a command of the
 * connector's own shape. The first shape that reads the data translates it.
 */
export const MESSAGE_SHAPES: MessageShapes = {};
