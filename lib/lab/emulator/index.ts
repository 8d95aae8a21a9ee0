export { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane';
export { EMULATOR_VERSION, type Emulator, type HostedZone, LAB_ACCOUNT } from './emulator';
