/** The settings of a journey: what its document names, and the values they were given. */
import { isTimeZone } from '../lib/zone.ts'
import type { JourneyDocument, Setting, SettingValue, SettingValues } from './schema.ts'

/** What a run finds under `settings`: the values given, and the defaults of the rest. */
export function settingsOf(document: JourneyDocument, values: SettingValues): SettingValues {
  const known = Object.entries(document.settings ?? {})
  return Object.fromEntries(
    known.map(([name, setting]) => [
      name,
      Object.hasOwn(values, name) ? (values[name] ?? setting.default) : setting.default,
    ]),
  )
}

/** Values that a new version no longer knows, or that no longer fit, fall back to its defaults. */
export function keepFitting(document: JourneyDocument, values: SettingValues): SettingValues {
  const settings = document.settings ?? {}
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
      return setting !== undefined && settingFault(setting, value) === null
    }),
  )
}

/** What is wrong with a value, in words; null when it fits. */
export function settingFault({ type = 'text' }: Setting, value: SettingValue): string | null {
  const text = String(value).trim()
  if (type === 'number')
    return text !== '' && Number.isFinite(Number(text)) ? null : 'Give a number.'
  if (type === 'flag') return /^(true|false)$/.test(text) ? null : 'Give true or false.'
  if (type === 'zone')
    return isTimeZone(text) ? null : 'Give an IANA time zone, such as Europe/Berlin.'
  return typeof value === 'string' || typeof value === 'number' ? null : 'Give a text.'
}
