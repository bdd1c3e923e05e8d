/** Calls an action of a connector, such as setting a status in the CRM. */
import { nextOf } from '../defaults.ts'
import { renderRecord, renderText } from '../facts.ts'
import type { Decide } from './step.ts'

export const decideAct: Decide<'act'> = ({ journey, facts }, step) => ({
  kind: 'call',
  call: {
    kind: 'act',
    connector: step.connector,
    action: renderText(step.action, facts),
    params: renderRecord(step.params ?? {}, facts),
  },
  onError: step.on_error ?? 'fail',
  to: nextOf(journey, step),
})
