/** A journey drawn: boxes laid out by themselves, with the numbers of each step. Loaded on demand. */

import dagre from '@dagrejs/dagre'
import {
  Background,
  BaseEdge,
  Controls,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getSmoothStepPath,
  MiniMap,
  type Node,
  ReactFlow,
} from '@xyflow/react'
import { titled } from '../lib/said.ts'
import '@xyflow/react/dist/style.css'
import { useMemo } from 'react'
import { direction, t, told } from '../lib/language.ts'
import { isDark } from '../lib/theme.ts'
import { AddStep } from './AddStep.tsx'
import type { Editing } from './editing.ts'
import { arrowsOf, END, START } from './graph.ts'
import { StepFigures } from './StepFigures.tsx'
import { StepTools } from './StepTools.tsx'
import { faultsAt } from './useFaults.ts'
import {
  type Document,
  type JourneyView,
  kinds,
  type Step,
  sayStep,
  sayTrigger,
  type Whom,
} from './words.ts'

const WIDTH = 260
const HEIGHT = 84
const HEIGHT_WITH_TOOLS = 116
const AIR = 96 // pixels above and below together
const ASIDE = 120 // pixels
const MANY = 12 // steps, which are too small to be read at once

interface Props {
  readonly document: Document
  /** Numbers of its steps, by their names. */
  readonly figures: JourneyView['steps']
  readonly chosen: string
  readonly edit?: Editing | undefined
  readonly onChoose: (step: string) => void
  readonly onPeople?: ((step: string, whom: Whom) => void) | undefined
}

export function Canvas({ document, figures, chosen, edit, onChoose, onPeople }: Props) {
  const { nodes, edges, height } = useMemo(
    () => drawn({ document, figures, chosen, edit, onPeople }),
    [document, figures, chosen, edit, onPeople],
  )
  function handleNode(id: string) {
    if (id === START || id === END) return edit ? undefined : onChoose('')
    return edit ? edit.onEdit(id) : onChoose(id)
  }
  return (
    <div
      className="isolate h-[36rem] overflow-hidden rounded-xl border bg-card"
      dir="ltr"
      // What is changed is seen in its own size, and the page scrolls.
      style={edit && { height: height + AIR }}
    >
      <ReactFlow
        // Another shape is looked at as a whole again.
        key={document.steps.length}
        nodes={nodes}
        edges={edges}
        edgeTypes={edgeTypes}
        fitView
        fitViewOptions={edit ? { minZoom: 1, maxZoom: 1 } : { maxZoom: 1 }}
        zoomOnScroll={!edit}
        preventScrolling={!edit}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        colorMode={isDark() ? 'dark' : 'light'}
        onNodeClick={(_, { id }) => handleNode(id)}
        style={{ background: 'var(--card)' }}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={{
          'node.a11yDescription.default': t('Press Enter to choose the step.'),
          'controls.ariaLabel': t('Zoom'),
          'controls.zoomIn.ariaLabel': t('Closer'),
          'controls.zoomOut.ariaLabel': t('Further away'),
          'controls.fitView.ariaLabel': t('See all of it'),
        }}
      >
        <Background />
        <Controls showInteractive={false} />
        {!edit && document.steps.length > MANY && (
          <MiniMap pannable zoomable ariaLabel={t('The whole of it, small')} />
        )}
      </ReactFlow>
    </div>
  )
}

interface Box {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly figure?: JourneyView['steps'][number] | undefined
  /** The first thing that is wrong with it. */
  readonly fault?: string | undefined
  readonly tools?: Editing | undefined
  readonly onPeople?: Props['onPeople']
}

type Drawing = Omit<Props, 'onChoose'>

function boxesOf({ document, figures, edit, onPeople }: Drawing): Box[] {
  return [
    { id: START, title: t('Begins with'), text: sayTrigger(document) },
    ...document.steps.map((step, at) => ({
      id: step.id,
      title: told(kinds[step.type]),
      text: step.title ? titled(step.title) : sayStep(step),
      figure: figures.find((each) => each.step === step.id),
      fault: edit && Object.values(faultsAt(edit.faults, at))[0],
      tools: edit,
      onPeople,
    })),
    { id: END, title: t('End'), text: '' },
  ]
}

function drawn(drawing: Drawing): { nodes: Node[]; edges: Edge[]; height: number } {
  const { document, chosen, edit } = drawing
  const arrows = arrowsOf(document)
  const boxes = boxesOf(drawing)
  const height = edit ? HEIGHT_WITH_TOOLS : HEIGHT
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 48, ranksep: edit ? 72 : 56 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of boxes) graph.setNode(id, { width: WIDTH, height })
  for (const { from, to } of arrows) graph.setEdge(from, to)
  dagre.layout(graph)
  const nodes = boxes.map((box): Node => {
    const { x, y } = graph.node(box.id)
    return {
      id: box.id,
      type: box.id === START ? 'input' : box.id === END ? 'output' : 'default', // where lines begin and end
      position: { x: x - WIDTH / 2, y: y - height / 2 },
      ariaLabel: [`${box.title}: ${box.text}`, box.fault].filter(Boolean).join('. '),
      style: styleOf(box, chosen),
      data: { label: <BoxLabel {...box} /> },
    }
  })
  return { nodes, edges: edgesOf(arrows, edit), height: graph.graph().height ?? 0 }
}

function styleOf({ id, fault }: Box, chosen: string) {
  const line = fault ? '2px solid var(--destructive)' : '1px solid var(--input)'
  return {
    ...{ width: WIDTH, padding: 0, borderRadius: 10 },
    ...{ background: 'var(--card)', color: 'var(--foreground)' },
    border: id === chosen ? '2px solid var(--primary)' : line,
  }
}

function BoxLabel({ id, title, text, figure, fault, tools, onPeople }: Box) {
  return (
    <div dir={direction()} className="p-3 text-start">
      <p className="text-xs text-muted-foreground">{title}</p>
      <p className="truncate text-sm font-medium">
        <bdi>{text || (id.startsWith('·') ? '' : id)}</bdi>
      </p>
      {fault && <p className="truncate text-xs text-destructive">{fault}</p>}
      {figure && !fault && <StepFigures {...{ figure }} onPeople={tools ? undefined : onPeople} />}
      {tools && <StepTools id={id} edit={tools} />}
    </div>
  )
}

function edgesOf(arrows: ReturnType<typeof arrowsOf>, edit?: Editing): Edge[] {
  return arrows.map(({ from, to, label, way }, at) => ({
    ...{ id: `${at}`, source: from, target: to, type: 'way' },
    ariaLabel: label || t('Leads on'),
    data: {
      label,
      add: edit && way && ((type: Step['type']) => edit.onInsert(way, type)),
      after: from === START ? t('the beginning') : from,
      shift: asideOf(arrows, at),
    },
  }))
}

/** Ways between the same two steps run on one line; what stands on them is put side by side. */
function asideOf(arrows: ReturnType<typeof arrowsOf>, at: number): number {
  const { from, to } = arrows[at] ?? {}
  const alike = arrows.flatMap((arrow, i) => (arrow.from === from && arrow.to === to ? [i] : []))
  return (alike.indexOf(at) - (alike.length - 1) / 2) * ASIDE
}

type WayEdge = Edge<{
  label: string
  shift: number
  after: string
  add: ((type: Step['type']) => void) | undefined
}>

function WayLine({ data, markerEnd, ...line }: EdgeProps<WayEdge>) {
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

const edgeTypes = { way: WayLine }
