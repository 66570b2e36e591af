// The choices of a user as a file: how the page looks, what is masked, what is hidden, prices,
// where the data is. Never a query, never a row. A file is taken as a whole or not at all.
import type { RedactOptions } from 'kqlens';
import { share as t } from '../texts/share';
import { DENSITIES, type Look, THEMES } from './look';
import { type Places, placesIn } from './places';
import type { Session } from './session';

interface Settings extends Look {
  kqlens: 'settings';
  version: 1;
  isTextHidden: boolean;
  isMerging: boolean;
  masking: RedactOptions;
  prices: string | null;
  /** Files of before places were remembered have none. */
  places?: Places;
}

/** Why a file is none of settings, in words. */
export class BrokenSettings extends Error {}

const VERSION = 1;
const MOST_BYTES = 1_000_000;

export function settingsOf({ isTextHidden, isMerging, masking, prices, places }: Session, { theme, density }: Look): string {
  const settings: Settings = { kqlens: 'settings', version: VERSION, theme, density, isTextHidden, isMerging, masking, prices, places };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function isMasking(value: unknown): value is RedactOptions {
  const { keep = [], rules = [] } = (value ?? {}) as { keep?: unknown; rules?: unknown };
  return typeof value === 'object' && value !== null && Array.isArray(keep) && keep.every((id) => typeof id === 'string')
    && Array.isArray(rules) && rules.every((rule) => typeof rule === 'object' && rule !== null);
}

async function settingsIn(file: Blob): Promise<Settings> {
  if (file.size > MOST_BYTES) throw new BrokenSettings(t.settings.tooLarge);
  let settings: Partial<Settings> | null;
  try {
    settings = JSON.parse(await file.text()) as Partial<Settings> | null;
  } catch {
    throw new BrokenSettings(t.settings.noJson);
  }
  if (settings?.kqlens !== 'settings') throw new BrokenSettings(t.settings.none);
  if (settings.version !== VERSION) throw new BrokenSettings(t.settings.otherVersion);
  const isWhole: Record<Exclude<keyof Settings, 'kqlens' | 'version'>, boolean> = {
    theme: THEMES.includes(settings.theme as Look['theme']),
    density: DENSITIES.includes(settings.density as Look['density']),
    isTextHidden: typeof settings.isTextHidden === 'boolean',
    isMerging: typeof settings.isMerging === 'boolean',
    masking: isMasking(settings.masking),
    prices: settings.prices === null || typeof settings.prices === 'string',
    places: settings.places === undefined || placesIn(settings.places) !== null,
  };
  const [broken] = Object.entries(isWhole).find(([, isGood]) => !isGood) ?? [];
  if (broken) throw new BrokenSettings(t.settings.broken(broken));
  return settings as Settings;
}

/** Takes the settings of a file; how the page is to look is the caller's to show. */
export async function takeSettings(session: Session, file: Blob): Promise<Look> {
  const { theme, density, isTextHidden, isMerging, masking, prices, places } = await settingsIn(file);
  try {
    if (prices !== null) (await session.engine.llm({ prices })).release();
  } catch (error) {
    throw new BrokenSettings(t.settings.prices((error as Error).message));
  }
  try {
    await session.mask(masking);
  } catch (error) {
    throw new BrokenSettings(t.settings.masking((error as Error).message));
  }
  session.usePrices(prices);
  if (places) session.remember(places);
  session.hideText(isTextHidden);
  if (isMerging !== session.isMerging) await session.merge(isMerging);
  return { theme, density };
}
