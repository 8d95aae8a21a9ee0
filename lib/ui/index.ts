/** The live page of a lab: both Regions and the running drill as they happen, served on loopback. */
export type { DrillStarter, MoveRequest } from './control';
export { type ServedUi, serveUi, type UiOptions } from './server';
export type { UiView } from './view';
