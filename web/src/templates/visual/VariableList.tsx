/** What can be filled in, offered at the caret while `{{` is typed. */
import type { Editor } from '@tiptap/core'
import { type RefObject, useState } from 'react'
import { t } from '../../lib/language.ts'

interface Props {
  readonly editor: Editor
  readonly variables: readonly string[]
  /** What the editor does with a key first; true: it is done. */
  readonly keys: RefObject<(event: KeyboardEvent) => boolean>
}

const BEGUN = /\{\{\s*([\w.]*)$/
const LOOK_BACK = 80 // characters
const SHOWN = 8

export function VariableList({ editor, variables, keys }: Props) {
  const [picked, setPicked] = useState({ text: '', at: 0 })
  const [closed, setClosed] = useState('')
  const begun = begunAt(editor)
  const options = begun ? variables.filter((name) => name.includes(begun.text)).slice(0, SHOWN) : []
  const isOpen = begun !== undefined && options.length > 0 && closed !== begun.key
  const at = begun && picked.text === begun.text ? Math.min(picked.at, options.length - 1) : 0
  function choose(name: string) {
    if (!begun) return
    const range = { from: begun.from, to: begun.to }
    const variable = { type: 'variable', attrs: { source: `{{ ${name} }}` } }
    editor.chain().focus().insertContentAt(range, variable).run()
  }
  keys.current = (event) => {
    if (!isOpen) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setPicked({ text: begun.text, at: (at + step + options.length) % options.length })
    else if (event.key === 'Enter' || event.key === 'Tab') choose(options[at]!)
    else if (event.key === 'Escape') setClosed(begun.key)
    else return false
    event.preventDefault()
    return true
  }
  if (!isOpen) return null
  return (
    <div
      role="listbox"
      aria-label={t('Insert a variable')}
      className="absolute z-20 min-w-44 rounded-md border bg-card p-1 shadow-lg"
      style={{ top: begun.top, left: begun.left }}
    >
      {options.map((name, each) => (
        <div
          key={name}
          role="option"
          tabIndex={-1}
          aria-selected={each === at}
          dir="ltr"
          className="cursor-pointer rounded px-2 py-1 text-sm aria-selected:bg-accent"
          onMouseDown={(event) => {
            event.preventDefault()
            choose(name)
          }}
        >
          {name}
        </div>
      ))}
    </div>
  )
}

/** Where the caret stands behind what was begun; `key` is the same until it is another. */
function begunAt(editor: Editor) {
  const { $from, empty, from: to } = editor.state.selection
  if (!empty || !$from.parent.isTextblock || !editor.isEditable) return undefined
  const start = Math.max(0, $from.parentOffset - LOOK_BACK)
  const before = $from.parent.textBetween(start, $from.parentOffset, undefined, '\ufffc')
  const found = BEGUN.exec(before)
  if (!found) return undefined
  const from = to - found[0].length
  const place = editor.view.coordsAtPos(from)
  const around = editor.view.dom.parentElement?.parentElement?.getBoundingClientRect()
  const rightMost = (around?.width ?? 0) - 190 // keeps the list inside
  return {
    ...{ text: found[1] ?? '', from, to, key: `${from} ${found[1]}` },
    top: place.bottom - (around?.top ?? 0) + 4,
    left: Math.max(0, Math.min(place.left - (around?.left ?? 0), rightMost)),
  }
}
