/**
 * Carries Liquid unharmed through tools that know only HTML.
 *
 * Every tag, output and `{name}` is replaced by a word that no such tool
 * touches, and put back afterwards. A <style> that holds Liquid is hidden
 * whole: CSS parsers make nothing of it.
 */
import { liquidEnd } from './scan.ts'

export interface Protected {
  readonly text: string
  /** The Liquid put back, and whether all of it is there, once and in order. */
  restore(processed: string): { readonly text: string; readonly intact: boolean }
}

const LIQUID = /\{\{|\{%|\{[A-Za-z_]\w*(?:\.\w+)*\}|<style\b[^<>]*>/gi

export function protect(source: string): Protected {
  const word = unusedWord(source)
  const hidden: string[] = []
  let text = ''
  let at = 0
  LIQUID.lastIndex = 0
  for (let mark = LIQUID.exec(source); mark !== null; mark = LIQUID.exec(source)) {
    const end = endOf(source, mark)
    if (end === null) {
      LIQUID.lastIndex = styleEnd(source, mark.index)
      continue
    }
    text += `${source.slice(at, mark.index)}${word}${hidden.push(source.slice(mark.index, end)) - 1}z`
    at = end
    LIQUID.lastIndex = end
  }
  return { text: text + source.slice(at), restore: (processed) => putBack(processed, word, hidden) }
}

/** Where the thing to hide ends; null for a <style> that holds no Liquid and may be processed. */
function endOf(source: string, mark: RegExpExecArray): number | null {
  const [found] = mark
  if (found === '{{' || found === '{%') {
    const end = liquidEnd(source, mark.index)
    return end === -1 ? source.length : end
  }
  if (found[0] === '{') return mark.index + found.length
  const end = styleEnd(source, mark.index)
  return /\{\{|\{%/.test(source.slice(mark.index, end)) ? end : null
}

function styleEnd(source: string, begin: number): number {
  const close = /<\/style\s*>/gi
  close.lastIndex = begin
  return close.exec(source) ? close.lastIndex : source.length
}

/** Lower-case letters, since tools change the case of names. */
function unusedWord(source: string): string {
  const lower = source.toLowerCase()
  let word = 'zqlq'
  while (lower.includes(word)) word += 'q'
  return word
}

function putBack(processed: string, word: string, hidden: readonly string[]) {
  let expected = 0
  let intact = true
  // Where Liquid stood in the place of an attribute, HTML printers add an empty value.
  const text = processed.replace(
    new RegExp(`${word}(\\d+)z(?:="")?`, 'gi'),
    (_, number: string) => {
      intact &&= Number(number) === expected++
      return hidden[Number(number)] ?? ''
    },
  )
  return { text, intact: intact && expected === hidden.length }
}
