/**
 * The pages behind the links in our emails: unsubscribe, preferences, and what to say when
 * a link leads nowhere. Pure: facts in, HTML out.
 *
 * Opening a page changes nothing, since scanners open every link (RFC 8058 §3.1); only its
 * button does, by a POST to `action` with the field `action` set to `unsubscribe`,
 * `resubscribe`, `save` (with one `topic` per ticked box) or `unsubscribe_all`.
 */
import { fill, type Html, html, layout, type Look as PageLook } from '../lib/page.ts'
import { type PageLanguage, pageLanguage } from './pageTexts.ts'

interface Look extends PageLook {
  readonly language: PageLanguage
}

export interface PageFacts {
  /** The contact's locale; English when null or unknown. */
  readonly locale: string | null
  /** Empty when it is not known whose link this was. */
  readonly workspaceName: string
  readonly brandColor?: string | null
  readonly logo?: string | null
  /** The nonce of this answer's `style-src`. */
  readonly nonce: string
}

export interface UnsubscribeFacts extends PageFacts {
  /** Where the button posts to. */
  readonly action: string
  /** The topic's name; null when it is about all marketing. */
  readonly topic: string | null
  /** Already masked (`maskAddress`): whoever has the link sees it. */
  readonly address?: string | null
  readonly preferencesUrl?: string | null
}

export interface PreferenceTopic {
  readonly id: string
  readonly name: string
  readonly description?: string | null
  readonly subscribed: boolean
}

export interface PreferencesFacts extends PageFacts {
  readonly action: string
  readonly topics: readonly PreferenceTopic[]
  readonly unsubscribedFromAll: boolean
  readonly address?: string | null
  /** Shown after a save. */
  readonly saved?: boolean
}

/** What a GET of the unsubscribe link shows: one button. */
export function unsubscribePage(facts: UnsubscribeFacts): string {
  const look = lookOf(facts)
  const { texts } = look.language
  const what = facts.topic === null ? texts.unsubscribeAll : texts.unsubscribeTopic
  const body = html`<p>${fill(what, namesOf(facts))}</p>
${addressLine(look, facts.address)}
<form method="post" action="${facts.action}">
<p><button type="submit" name="action" value="unsubscribe">${texts.unsubscribeButton}</button></p>
</form>
${preferencesLink(look, facts.preferencesUrl)}`
  return layout(look, texts.unsubscribeTitle, body)
}

/** After the button: what is in force now, and the way back. */
export function unsubscribedPage(facts: UnsubscribeFacts): string {
  const look = lookOf(facts)
  const { texts } = look.language
  const what = facts.topic === null ? texts.unsubscribedAll : texts.unsubscribedTopic
  const body = html`<p role="status">${fill(what, namesOf(facts))}</p>
${addressLine(look, facts.address)}
<p class="soft">${texts.stillComes}</p>
<hr>
<form method="post" action="${facts.action}">
<p>${texts.undoQuestion}</p>
<p><button class="quiet" type="submit" name="action" value="resubscribe">${texts.undoButton}</button></p>
</form>
${preferencesLink(look, facts.preferencesUrl)}`
  return layout(look, texts.unsubscribedTitle, body)
}

export function resubscribedPage(facts: UnsubscribeFacts): string {
  const look = lookOf(facts)
  const { texts } = look.language
  const body = html`<p role="status">${fill(texts.resubscribedText, namesOf(facts))}</p>
${preferencesLink(look, facts.preferencesUrl)}`
  return layout(look, texts.resubscribedTitle, body)
}

export function preferencesPage(facts: PreferencesFacts): string {
  const look = lookOf(facts)
  const { texts } = look.language
  const name = { name: facts.workspaceName }
  const body = html`${facts.saved ? html`<p class="note" role="status">${texts.saved}</p>` : null}
<p>${fill(texts.preferencesText, name)}</p>
${addressLine(look, facts.address)}
${facts.unsubscribedFromAll ? html`<p class="note">${texts.allOff}</p>` : null}
<form method="post" action="${facts.action}">
${topicsField(look, facts.topics)}
<hr>
<p class="soft" id="all">${fill(texts.allText, name)}</p>
<p><button class="quiet" type="submit" name="action" value="unsubscribe_all" aria-describedby="all">${texts.allButton}</button></p>
</form>`
  return layout(look, texts.preferencesTitle, body)
}

/** For a link that we did not sign, or whose workspace is gone. Says nothing of which. */
export function notFoundPage(facts: PageFacts): string {
  const look = lookOf(facts)
  const { texts } = look.language
  return layout(look, texts.notFoundTitle, html`<p>${texts.notFoundText}</p>`)
}

/** Behind the hidden link, where no reader gets to but by accident. */
export function nothingPage(facts: PageFacts): string {
  const look = lookOf(facts)
  const { texts } = look.language
  return layout(look, texts.nothingTitle, html`<p>${texts.nothingText}</p>`)
}

/** With a 503: the link is good, we are not. */
export function unavailablePage(facts: PageFacts): string {
  const look = lookOf(facts)
  const { texts } = look.language
  return layout(look, texts.unavailableTitle, html`<p>${texts.unavailableText}</p>`)
}

/** `ada@example.test` as `a•••@example.test`: enough for its owner to know it. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  if (at > 0) return `${[...address][0]}•••${address.slice(at)}`
  return `•••${address.slice(-3)}`
}

function lookOf(facts: PageFacts): Look {
  const { workspaceName, brandColor = null, logo = null, nonce } = facts
  return { language: pageLanguage(facts.locale), workspaceName, brandColor, logo, nonce }
}

function namesOf(facts: UnsubscribeFacts) {
  return { name: facts.workspaceName, topic: facts.topic ?? '' }
}

function addressLine(look: Look, address: string | null | undefined): Html | null {
  if (!address) return null
  return html`<p class="soft">${fill(look.language.texts.forAddress, { address })}</p>`
}

function preferencesLink(look: Look, url: string | null | undefined): Html | null {
  return url ? html`<p><a href="${url}">${look.language.texts.preferencesLink}</a></p>` : null
}

function topicsField(look: Look, topics: readonly PreferenceTopic[]): Html {
  const { texts } = look.language
  if (topics.length === 0) return html`<p>${texts.noTopics}</p>`
  return html`<fieldset>
<legend>${texts.topicsLegend}</legend>
${topics.map(topicRow)}
</fieldset>
<p><button type="submit" name="action" value="save">${texts.saveButton}</button></p>`
}

function topicRow(topic: PreferenceTopic, i: number): Html {
  const id = `topic-${i}`
  const about = topic.description ? html` aria-describedby="${id}-about"` : null
  return html`<div class="topic">
<input type="checkbox" id="${id}" name="topic" value="${topic.id}"${topic.subscribed ? html` checked` : null}${about}>
<label for="${id}"><bdi>${topic.name}</bdi></label>
${topic.description ? html`<p id="${id}-about"><bdi>${topic.description}</bdi></p>` : null}
</div>`
}
