export { LiveSettings, type LiveSettingsOptions, wakes } from './live-settings';
