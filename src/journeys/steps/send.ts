/** Sends a message, or changes the one that was sent under the same key. */
import { nextOf } from '../defaults.ts'
import { type Facts, renderAmount, renderRecord, renderText, renderWindow } from '../facts.ts'
import type { StepOf } from '../steps.schema.ts'
import { readWindow } from '../windows.schema.ts'
import type { Decide, StepRun, StepUpdate } from './step.ts'

export const decideSend: Decide<'send'> = (run, step) => ({
  kind: 'send',
  message: {
    item: itemOf(step, run.facts),
    toDestination: step.to === 'destination',
    window: windowOf(step, run),
    update: step.update ? updateOf(step.update, run.facts) : null,
  },
  to: nextOf(run.journey, step),
})

function itemOf(step: StepOf<'send'>, facts: Facts): Record<string, unknown> {
  const metadata = metadataOf(step, facts)
  return {
    channel: step.channel,
    ...(step.content ? contentOf(step.content, facts) : templateOf(step, facts)),
    ...(step.sender_id === undefined ? {} : { sender_id: step.sender_id }),
    ...(step.category === undefined ? {} : { category: step.category }),
    ...(step.priority === undefined ? {} : { priority: step.priority }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

function contentOf(content: NonNullable<StepOf<'send'>['content']>, facts: Facts) {
  const subject = content.subject ?? content.title
  const parts = { subject, message: content.text, html: content.html }
  const given = Object.entries(parts).flatMap(([name, text]) =>
    text === undefined
      ? []
      : [[name, name === 'subject' ? lineOf(text, facts) : renderText(text, facts)]],
  )
  return Object.fromEntries(given)
}

/** Subjects are one line, whatever a name brings along. */
const lineOf = (text: string, facts: Facts) =>
  renderText(text, facts).replace(/\s*[\r\n]+\s*/g, ' ')

const templateOf = (step: StepOf<'send'>, facts: Facts) => ({
  template_id: step.template_id,
  template_variables: { ...facts, ...renderRecord(step.variables ?? {}, facts) },
})

function metadataOf(step: StepOf<'send'>, facts: Facts) {
  const whatsapp = step.content?.whatsapp && renderRecord(step.content.whatsapp, facts)
  if (!step.metadata && !whatsapp?.['template']) return undefined
  return {
    ...renderRecord(step.metadata ?? {}, facts),
    ...(whatsapp?.['template'] ? { whatsapp } : {}),
  }
}

function windowOf(step: StepOf<'send'>, { journey, facts, timeZone }: StepRun) {
  const window = step.window === undefined ? journey.window : step.window
  if (!window) return null
  return { time_zone: timeZone, ...readWindow(renderWindow(window, facts)) }
}

const updateOf = (update: NonNullable<StepOf<'send'>['update']>, facts: Facts): StepUpdate => ({
  key: renderText(update.key, facts),
  withinMinutes: renderAmount(update.within_minutes, facts),
  only: update.only ?? false,
  order: update.order === undefined ? null : renderAmount(update.order, facts),
})
