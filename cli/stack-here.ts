import { readDeskSettings, SettingsError } from "../lib/settings.ts";
import { settingsFile } from "./here.ts";

/** The stack as the settings here call it. Settings that cannot be read must not be in the way at night: then Trailbell. */
export function stackHere(): string {
  try {
    return readDeskSettings(settingsFile()).stackName ?? "Trailbell";
  } catch (error) {
    if (error instanceof SettingsError) return "Trailbell";
    throw error;
  }
}
