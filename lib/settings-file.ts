/** The settings' file, in the folder of who deploys. */
export const SETTINGS_FILE = "trailbell.config.yaml";
