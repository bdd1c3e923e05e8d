/** Calls a URL. */
import { nextOf } from '../defaults.ts'
import { renderText, renderValue } from '../facts.ts'
import type { Decide } from './step.ts'

export const decideRequest: Decide<'request'> = ({ journey, facts }, step) => {
  const headers = Object.entries(step.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    renderText(value, facts),
  ])
  return {
    kind: 'call',
    call: {
      kind: 'request',
      method: step.method,
      url: renderText(step.url, facts).trim(),
      headers: Object.fromEntries(headers),
      body: step.body === undefined ? undefined : renderValue(step.body, facts),
      saveAs: step.save_as ?? null,
    },
    onError: step.on_error ?? 'fail',
    to: nextOf(journey, step),
  }
}
