/** A journey drawn: boxes laid out by themselves, with the numbers of each step. Loaded on demand. */

import dagre from '@dagrejs/dagre'
import { Background, Controls, type Edge, type Node, ReactFlow } from '@xyflow/react'
import { said } from '../lib/said.ts'
import '@xyflow/react/dist/style.css'
import { useMemo } from 'react'
import { number } from '../lib/format.ts'
import { direction, t, told } from '../lib/language.ts'
import { isDark } from '../lib/theme.ts'
import { arrowsOf, END, START } from './graph.ts'
import { type JourneyView, kinds, sayStep, sayTrigger } from './words.ts'

const WIDTH = 260
const HEIGHT = 84

interface Props {
  readonly journey: JourneyView
  readonly chosen: string
  readonly onChoose: (step: string) => void
}

export function Canvas({ journey, chosen, onChoose }: Props) {
  const { nodes, edges } = useMemo(() => drawn(journey, chosen), [journey, chosen])
  return (
    <div className="h-[32rem] overflow-hidden rounded-xl border bg-card" dir="ltr">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        fitView
        fitViewOptions={{ maxZoom: 1 }}
        nodesDraggable={false}
        nodesConnectable={false}
        colorMode={isDark() ? 'dark' : 'light'}
        onNodeClick={(_, { id }) => onChoose(id === START || id === END ? '' : id)}
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
      </ReactFlow>
    </div>
  )
}

function drawn(journey: JourneyView, chosen: string): { nodes: Node[]; edges: Edge[] } {
  const { document, steps } = journey
  const figures = new Map(steps.map((step) => [step.step, step]))
  const arrows = arrowsOf(document)
  const boxes = [
    {
      id: START,
      title: t('Begins with'),
      text: sayTrigger(document),
      waiting: 0,
      entered: undefined,
    },
    ...document.steps.map((step) => {
      const figure = figures.get(step.id)
      const title = told(kinds[step.type])
      return {
        id: step.id,
        title,
        text: step.title ? said(step.title) : sayStep(step),
        waiting: figure?.waiting ?? 0,
        entered: figure?.entered,
      }
    }),
    { id: END, title: t('End'), text: '', waiting: 0, entered: undefined },
  ]
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 48, ranksep: 56 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of boxes) graph.setNode(id, { width: WIDTH, height: HEIGHT })
  for (const { from, to } of arrows) graph.setEdge(from, to)
  dagre.layout(graph)
  const nodes = boxes.map(({ id, title, text, waiting, entered }): Node => {
    const { x, y } = graph.node(id)
    return {
      id,
      position: { x: x - WIDTH / 2, y: y - HEIGHT / 2 },
      ariaLabel: `${title}: ${text}`,
      style: {
        width: WIDTH,
        padding: 0,
        borderRadius: 10,
        background: 'var(--card)',
        color: 'var(--foreground)',
        border: id === chosen ? '2px solid var(--primary)' : '1px solid var(--input)',
      },
      data: {
        label: (
          <div dir={direction()} className="p-3 text-start">
            <p className="text-xs text-muted-foreground">{title}</p>
            <p className="truncate text-sm font-medium">
              <bdi>{text || (id.startsWith('·') ? '' : id)}</bdi>
            </p>
            {entered !== undefined && (
              <p className="text-xs text-muted-foreground">
                {t('{entered} came, {waiting} are here', {
                  entered: number(entered),
                  waiting: number(waiting),
                })}
              </p>
            )}
          </div>
        ),
      },
    }
  })
  const edges = arrows.map(
    ({ from, to, label }, at): Edge => ({
      id: `${at}`,
      source: from,
      target: to,
      label,
      type: 'smoothstep',
      labelStyle: { fill: 'var(--foreground)', fontSize: 12 },
      labelBgStyle: { fill: 'var(--card)' },
    }),
  )
  return { nodes, edges }
}
