/**
 * The pages behind the link that the first start prints: a form for the owner, and why there
 * is none. Pure: facts in, HTML out. They work without the dashboard and scripts.
 */
import { type Html, html, layout } from '../../lib/page.ts'
import type { SetupLanguage } from './setupTexts.ts'

export type SetupField = 'name' | 'email' | 'password'

export interface SetupFacts {
  readonly language: SetupLanguage
  readonly serviceName: string
  readonly nonce: string
}

export interface FormFacts extends SetupFacts {
  /** Where the form posts to. */
  readonly action: string
  /** What was typed before; never the password. */
  readonly values: { readonly name: string; readonly email: string }
  readonly faults: Partial<Readonly<Record<SetupField, string>>>
}

export function setupPage(facts: FormFacts): string {
  const { texts } = facts.language
  const text = { type: 'text', autocomplete: 'name', required: false, hint: null } as const
  const email = { type: 'email', autocomplete: 'username', required: true, hint: null } as const
  const hint = texts.passwordHint
  const password = { type: 'password', autocomplete: 'new-password', required: true, hint } as const
  const body = html`<p>${texts.intro}</p>
<form method="post" action="${facts.action}">
${field(facts, 'name', html`${texts.name} <span class="soft">${texts.optional}</span>`, text)}
${field(facts, 'email', html`${texts.email}`, email)}
${field(facts, 'password', html`${texts.password}`, password)}
<p><button type="submit">${texts.button}</button></p>
</form>`
  return page(facts, texts.title, body)
}

export function setupGonePage(facts: SetupFacts): string {
  const { texts } = facts.language
  return page(facts, texts.goneTitle, html`<p>${texts.gone}</p>`)
}

export function setupTakenPage(facts: SetupFacts): string {
  const { texts } = facts.language
  return page(facts, texts.takenTitle, html`<p>${texts.taken}</p>`)
}

interface Input {
  readonly type: 'text' | 'email' | 'password'
  readonly autocomplete: string
  readonly required: boolean
  readonly hint: string | null
}

function field(facts: FormFacts, name: SetupField, label: Html, input: Input): Html {
  const fault = facts.faults[name]
  const value = name === 'password' ? '' : facts.values[name]
  const about = [fault ? `${name}-fault` : '', input.hint ? `${name}-hint` : ''].filter(Boolean)
  return html`<label class="field" for="${name}">${label}</label>
${input.hint ? html`<p class="soft" id="${name}-hint">${input.hint}</p>` : null}
<input class="field" id="${name}" name="${name}" type="${input.type}" autocomplete="${input.autocomplete}" value="${value}"${
    input.type === 'text' ? null : html` dir="ltr"`
  }${input.required ? html` required` : null}${fault ? html` aria-invalid="true"` : null}${
    about.length > 0 ? html` aria-describedby="${about.join(' ')}"` : null
  }>
${fault ? html`<p class="fault" id="${name}-fault">${fault}</p>` : null}`
}

function page(facts: SetupFacts, title: string, body: Html): string {
  const { language, nonce, serviceName } = facts
  return layout({ language, nonce, workspaceName: serviceName, brandColor: null }, title, body)
}
