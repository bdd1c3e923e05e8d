/** A journey drawn, with the numbers of each step. Loaded on demand. */

import { Background, Controls, MiniMap, ReactFlow } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useMemo } from 'react'
import { t } from '../lib/language.ts'
import { isDark } from '../lib/theme.ts'
import { type Drawing, drawn } from './drawn.tsx'
import { END, START } from './graph.ts'
import { WayLine } from './WayLine.tsx'

const AIR = 96 // pixels above and below together
const MANY = 12 // steps, which are too small to be read at once

const edgeTypes = { way: WayLine }

interface Props extends Drawing {
  readonly onChoose: (step: string) => void
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
