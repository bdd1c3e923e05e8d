/** Journeys as they go out. */
import type { JourneySummary, JourneyView, SettingView } from './api.schema.ts'
import type { CurrentJourney } from './find.ts'
import type { JourneyDocument, SettingValues } from './schema.ts'
import { settingsOf } from './settings.ts'
import type { JourneyRow, JourneyVersionHead } from './store.ts'

export function summaryOf(row: JourneyRow): JourneySummary {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    status: row.status,
    status_reason: row.statusReason,
    version: row.version,
    origin: row.origin,
    recipe: row.recipe,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

export function journeyView({ row, version }: CurrentJourney): JourneyView {
  const { definition } = version
  return {
    ...summaryOf(row),
    document: definition,
    settings: settingViews(definition, row.settings),
  }
}

export function settingViews(document: JourneyDocument, values: SettingValues): SettingView[] {
  const current = settingsOf(document, values)
  return Object.entries(document.settings ?? {}).map(([name, setting]) => ({
    name,
    title: setting.title,
    type: setting.type ?? 'text',
    env: setting.env ?? null,
    default: setting.default,
    value: current[name] ?? setting.default,
  }))
}

export function versionSummary({ version, createdBy, createdAt }: JourneyVersionHead) {
  return { version, created_by: createdBy, created_at: createdAt.toISOString() }
}
