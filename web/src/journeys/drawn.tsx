/** The boxes and lines of a journey, laid out by themselves from its beginning downwards. */
import dagre from '@dagrejs/dagre'
import type { Edge, Node } from '@xyflow/react'
import { direction, t, told } from '../lib/language.ts'
import { titled } from '../lib/said.ts'
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
const ASIDE = 120 // pixels

export interface Drawing {
  readonly document: Document
  /** Numbers of its steps, by their names. */
  readonly figures: JourneyView['steps']
  readonly chosen: string
  readonly edit?: Editing | undefined
  readonly onPeople?: ((step: string, whom: Whom) => void) | undefined
}

interface Box {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly figure?: JourneyView['steps'][number] | undefined
  /** The first thing that is wrong with it. */
  readonly fault?: string | undefined
  readonly tools?: Editing | undefined
  readonly onPeople?: Drawing['onPeople']
}

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

export function drawn(drawing: Drawing): { nodes: Node[]; edges: Edge[]; height: number } {
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
