/** The URLs of ours that go out with a message. */
import type { Tokens } from '../lib/token.ts'

export interface PublicLinks {
  click(index: number): string
  readonly pixel: string
  readonly unsubscribe: string
  readonly preferences: string
}

/** Signed when they are asked for, and once: a message without a pixel costs no signature for one. */
export function publicLinks(
  tokens: Tokens,
  publicUrl: string,
  message: { workspaceNumber: number; messageId: string },
): PublicLinks {
  const at = (linkIndex: number) => ({ ...message, linkIndex })
  let unsubscribe: string | undefined // in the text and in the header
  return {
    click: (index) => `${publicUrl}/api/track/click/${tokens.sign('click', at(index))}`,
    get pixel() {
      return `${publicUrl}/api/track/open/${tokens.sign('open', at(0))}.png`
    },
    get unsubscribe() {
      unsubscribe ??= `${publicUrl}/u/${tokens.sign('unsubscribe', at(0))}`
      return unsubscribe
    },
    get preferences() {
      return `${publicUrl}/p/${tokens.sign('preferences', at(0))}`
    },
  }
}
