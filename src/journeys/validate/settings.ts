/** The settings of a journey: do their defaults fit their types, and what is made of them? */
import { AppError, type FieldError } from '../../errors.ts'
import { append } from '../../http/pointer.ts'
import { SendWindow } from '../../lib/window.ts'
import { compile } from '../../templates/compile.ts'
import type { JourneyDocument, SettingValues } from '../schema.ts'
import { settingFault, settingsOf } from '../settings.ts'
import type { StepDocument } from '../steps.schema.ts'
import type { Amount } from '../texts.schema.ts'
import { type JourneyWindow, withLists } from '../windows.schema.ts'

export function checkSettingDefaults(journey: JourneyDocument): FieldError[] {
  const faults = Object.entries(journey.settings ?? {}).flatMap(([name, setting]) => {
    const detail = settingFault(setting, setting.default)
    return detail === null ? [] : [{ pointer: `/settings/${name}/default`, detail }]
  })
  return faults.length > 0 ? faults : checkWhatBecomesOf(journey, {})
}

/** Raises `invalid_input` for values that the journey does not take. */
export function assertSettings(journey: JourneyDocument, values: SettingValues): void {
  const known = journey.settings ?? {}
  const errors = Object.entries(values).flatMap(([name, value]): FieldError[] => {
    const setting = Object.hasOwn(known, name) ? known[name] : undefined
    const detail = setting ? settingFault(setting, value) : 'There is no such setting.'
    return detail === null ? [] : [{ pointer: `/${name}`, detail }]
  })
  if (errors.length === 0) {
    const outcome = checkWhatBecomesOf(journey, values)
    errors.push(
      ...outcome.map(({ pointer, detail }) => ({ pointer: '', detail: `${pointer}: ${detail}` })),
    )
  }
  const [first] = errors
  if (first)
    throw new AppError('invalid_input', `body${first.pointer}: ${first.detail}`, { errors })
}

/** Times and windows made of settings alone are read before a run comes there. */
export function checkWhatBecomesOf(journey: JourneyDocument, values: SettingValues): FieldError[] {
  const render = renderer(settingsOf(journey, values))
  const steps = journey.steps.flatMap((step, i) => [
    ...amountsOf(step).flatMap(([field, amount]) =>
      amountFaults(`/steps/${i}/${field}`, amount, render),
    ),
    ...('window' in step ? windowFaults(`/steps/${i}/window`, step.window, render) : []),
  ])
  return [...windowFaults('/window', journey.window, render), ...steps]
}

function amountsOf(step: StepDocument): [field: string, Amount | undefined][] {
  if (step.type === 'send')
    return [
      ['update/within_minutes', step.update?.within_minutes],
      ['update/order', step.update?.order],
    ]
  if (step.type !== 'wait' && step.type !== 'wait_for') return []
  const { minutes, hours, days } = step.type === 'wait' ? step : step.for
  const place = step.type === 'wait' ? '' : 'for/'
  return [
    [`${place}minutes`, minutes],
    [`${place}hours`, hours],
    [`${place}days`, days],
  ]
}

type Render = (text: string) => string | null

/** Null for texts that need more than settings. */
function renderer(settings: SettingValues): Render {
  const facts = { settings }
  return (text) => {
    const compiled = compile(text, { escape: 'none' })
    const plain = compiled.variables.every((name) => name === 'settings')
    return plain && compiled.kind === 'inline' ? compiled.render(facts) : null
  }
}

function windowFaults(
  pointer: string,
  window: JourneyWindow | null | undefined,
  render: Render,
): FieldError[] {
  const rendered = window && renderWindow(window, render)
  const issues = rendered ? (SendWindow.safeParse(withLists(rendered)).error?.issues ?? []) : []
  return issues.map(({ path, message }) => ({
    pointer: path.reduce<string>(append, pointer),
    detail: message,
  }))
}

function renderWindow(window: JourneyWindow, render: Render): JourneyWindow | null {
  const { days, holidays, time_zone } = window
  const text = <T>(given: T) => (typeof given === 'string' ? render(given) : given)
  const [from, until] = [render(window.from), render(window.until)]
  const rest = { days: text(days), holidays: text(holidays), time_zone: text(time_zone) }
  if (from === null || until === null || Object.values(rest).includes(null)) return null
  const given = Object.entries(rest).filter(([, value]) => value !== undefined)
  return { from, until, ...Object.fromEntries(given) }
}

function amountFaults(pointer: string, amount: Amount | undefined, render: Render): FieldError[] {
  const text = typeof amount === 'string' ? render(amount) : null
  if (text === null || (text.trim() !== '' && Number(text) >= 0)) return []
  return [{ pointer, detail: `It becomes ${JSON.stringify(text)}, which is no number from 0 on.` }]
}
