/**
 * Puts a text where it can be pasted. Browsers give `navigator.clipboard` to https and localhost only, and a
 * server in one's own network may be neither: there the old command does it.
 * https://developer.mozilla.org/en-US/docs/Web/API/Clipboard_API#security_considerations
 */

/** False when the browser lets neither way. `beside` is in the same dialog, if any: outside of it nothing can have the focus. */
export async function copy(text: string, beside: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByCommand(text, beside)
  }
}

function copyByCommand(text: string, beside: Element): boolean {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.className = 'fixed start-0 top-0 size-px opacity-0'
  beside.append(field)
  field.select()
  const isDone = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isDone
}
