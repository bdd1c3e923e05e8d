/** Asks for the address of a link, a picture or a button, and puts it into the text. */
import type { Editor } from '@tiptap/core'
import type { FormEvent } from 'react'
import { t } from '../../lib/language.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { TextField } from '../../ui/Field.tsx'
import { buttonOf } from './schema.ts'

export type Insert = 'link' | 'image' | 'button'

interface Props {
  readonly editor: Editor
  readonly what: Insert
  readonly onClose: () => void
}

export function InsertDialog({ editor, what, onClose }: Props) {
  const href = what === 'link' ? String(editor.getAttributes('link')['href'] ?? '') : ''
  const needsText = what === 'button' || (what === 'link' && editor.state.selection.empty && !href)
  const titles = { link: t('Link'), image: t('Picture'), button: t('Button') }
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    event.stopPropagation()
    const form = new FormData(event.currentTarget)
    insert(editor, what, {
      address: String(form.get('address')).trim(),
      text: String(form.get('text') ?? '').trim(),
    })
    onClose()
  }
  return (
    <Dialog open onClose={onClose} title={titles[what]}>
      <form onSubmit={handleSubmit} className="flex flex-col gap-4">
        <TextField
          label={t('Address')}
          name="address"
          required
          dir="ltr"
          defaultValue={href}
          pattern="\s*(https?:|mailto:|tel:|sms:|\{\{).*"
          title={t('It begins with https:// or is a variable.')}
          hint={t('It begins with https:// or is a variable.')}
        />
        {needsText && <TextField label={t('Text')} name="text" required dir="auto" />}
        {what === 'image' && (
          <TextField
            label={t('What it shows')}
            name="text"
            dir="auto"
            hint={t('Read out, and shown where pictures are blocked.')}
          />
        )}
        <div className="flex gap-2">
          <Button look="primary" type="submit">
            {t('Insert')}
          </Button>
          {href && (
            <Button
              onClick={() => {
                editor.chain().focus().extendMarkRange('link').unsetMark('link').run()
                onClose()
              }}
            >
              {t('Remove the link')}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  )
}

function insert(
  editor: Editor,
  what: Insert,
  { address, text }: { address: string; text: string },
) {
  const chain = editor.chain().focus()
  if (what === 'button') chain.insertContent(buttonOf(text, address)).run()
  else if (what === 'image')
    chain.insertContent({ type: 'image', attrs: { src: address, alt: text, kept: WIDE } }).run()
  else if (text) {
    const marks = [{ type: 'link', attrs: { href: address } }]
    chain.insertContent({ type: 'text', text, marks }).run()
  } else chain.extendMarkRange('link').setMark('link', { href: address }).run()
}

const WIDE = ' style="max-width:100%;height:auto"'
