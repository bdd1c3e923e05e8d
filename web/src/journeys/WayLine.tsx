/** A way from one step to the next, with what it is called and a place to put a step into it. */
import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getSmoothStepPath,
} from '@xyflow/react'
import { t } from '../lib/language.ts'
import { AddStep } from './AddStep.tsx'
import type { Step } from './words.ts'

type WayEdge = Edge<{
  label: string
  shift: number
  after: string
  add: ((type: Step['type']) => void) | undefined
}>

export function WayLine({ data, markerEnd, ...line }: EdgeProps<WayEdge>) {
  const [path, x, y] = getSmoothStepPath(line)
  return (
    <>
      <BaseEdge path={path} {...(markerEnd ? { markerEnd } : {})} />
      {data && (data.label || data.add) && (
        <EdgeLabelRenderer>
          <div
            className="nodrag nopan absolute flex items-center gap-1"
            style={{
              transform: `translate(-50%, -50%) translate(${x + data.shift}px, ${y}px)`,
              pointerEvents: 'all',
            }}
          >
            {data.label && (
              <span className="rounded bg-card px-1 text-xs" dir="auto">
                {data.label}
              </span>
            )}
            {data.add && (
              <AddStep
                small
                label={[t('Add a step after {step}', { step: data.after }), data.label]
                  .filter(Boolean)
                  .join(', ')}
                onChoose={data.add}
              />
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  )
}
