/**
 * What a person wrote, without the mail that they answered, and whether they ask to be
 * left alone.
 */
import { convert } from 'html-to-text'
import type { Email } from 'postal-mime'

const MAX_BODY = 64 * 1024 // characters of a body that are read
const MAX_TEXT = 4000 // characters of a reply that are kept
const MAX_LINE = 1000

/** "On …, … wrote:" in the languages of the mail programs that write it, on one line or two. */
const ATTRIBUTION =
  /^(?:on\b.{1,300}\bwrote|am\b.{1,300}\bschrieb.{0,200}|le\b.{1,300}a écrit|el\b.{1,300}escribió|il\b.{1,300}ha scritto|op\b.{1,300}schreef.{0,200}|em\b.{1,300}escreveu|(?:בתאריך|ב-|ב‫|ביום|מאת).{1,300}(?:כתב|כתבה|כתב\/ה|מאת).{0,200})\s*:?\s*[\u200e\u200f\u202a-\u202e]*$/i
const DIVIDER =
  /^(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original|הודעה מקורית|הודעה מועברת)|_{20,}\s*$)/i
const HEADER_BLOCK = /^\*?(?:from|von|de|da|van|מאת)\s?:\*?\s/i
const HEADER_NEXT =
  /^\*?(?:sent|date|to|subject|gesendet|datum|envoyé|enviado|inviato|verzonden|נשלח|תאריך|אל)\s?:\*?/i
const SIGNATURE = /^-- ?$/ // RFC 3676 §4.3

/** The text body; made from the HTML one when the mail has no other. */
export function bodyText(mail: Email): string {
  if (mail.text !== undefined) return mail.text.slice(0, MAX_BODY)
  return convert((mail.html ?? '').slice(0, MAX_BODY), {
    wordwrap: false,
    limits: { maxDepth: 50, maxChildNodes: 2000, maxInputLength: MAX_BODY },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'blockquote', format: 'skip' },
      { selector: '.gmail_quote', format: 'skip' },
    ],
  })
}

/** The lines before the first quoted one. */
export function firstLines(body: string): string {
  const lines = body.split(/\r?\n/).map((line) => line.slice(0, MAX_LINE).trimEnd())
  const kept: string[] = []
  for (const [i, line] of lines.entries()) {
    if (isEnd(line.trim(), lines[i + 1]?.trim() ?? '', line)) break
    if (!line.startsWith('>')) kept.push(line)
  }
  return kept.join('\n').trim().slice(0, MAX_TEXT)
}

function isEnd(line: string, next: string, raw: string): boolean {
  if (line === '') return false
  if (SIGNATURE.test(raw) || raw === '-- ') return true
  if (ATTRIBUTION.test(line) || DIVIDER.test(line)) return true
  if (/^(?:on|am|le|el|il|op|em|ב)/i.test(line) && ATTRIBUTION.test(`${line} ${next}`)) return true
  return HEADER_BLOCK.test(line) && HEADER_NEXT.test(next)
}

const INTENT_LINES = 4 // a request to be left alone comes first
const INTENT_WORDS = 15 // and is short; long sentences with "unsubscribe" ask about something else
const INSIDE_ENGLISH =
  /\b(?:unsubscribe(?:d)?(?: me)?|remove (?:me|us|my (?:e-?mail|address))|take (?:me|us) off|opt (?:me )?out|no more (?:e-?mails?|mails?|messages?)|stop (?:e-?mailing|sending|contacting|writing|messaging|texting|spamming)|do(?:n'?t| not) (?:e-?mail|contact|write|message|text) (?:me|us)|leave me alone)\b/i
/** "הסרה" by itself is also what clinics sell, so inside of a sentence it needs whom or from where. */
const INSIDE_HEBREW =
  /(?:^|\s)(?:הסר(?:ה|י|ו)? (?:אותי|אותנו|מהרשימה|מרשימת)|(?:הסיר[וי]|ת(?:סיר|וריד)[וי]?|ל(?:הסיר|הוריד)) (?:אותי|אותנו)|הסירוני|(?:תפסיק[וי]?|להפסיק) לשלוח|אל תשלח[וי]? (?:לי|לנו) (?:יותר|עוד|הודעות|מיילים))(?:\s|$)/
const WHOLE_ENGLISH =
  /^(?:please |pls )?(?:stop|stop ?all|unsubscribe|remove|cancel|quit|no more|opt-?out|end|stop (?:it|this|please|messages|promotions))(?: please| now| thanks| thank you)?$/i
const WHOLE_HEBREW =
  /^(?:נא |אנא |בבקשה |(?:אני )?מבקשת? )?(?:הסר|הסרה|הסיר[וי]|להסרה|להסיר|די|די כבר|עצור|עצר[וי]|הפסק|הפסיק[וי]|תפסיק[וי]?|להפסיק)(?: נא| בבקשה| תודה)?$/
const INTENT_NOT =
  /\b(?:don'?t|do not|never|not|didn'?t|please keep|instead of) (?:want(?:ed)? to )?(?:unsubscribe|remove|take me off|stop)|how (?:do|can|to)|\?/i

/** Marks of writing from the right, which keyboards put around Hebrew. */
const BIDI = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
/** Quotes, dots and smileys around a word; a question mark says something. */
const AROUND = /^[^\p{L}\p{N}?]+|[^\p{L}\p{N}?]+$/gu

/** "stop" only as a whole line: people also stop by. */
export function wantsNoMore(text: string): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.slice(0, INTENT_LINES).some((line) => {
    const words = line.replace(BIDI, '').replace(AROUND, '')
    if (WHOLE_ENGLISH.test(words) || WHOLE_HEBREW.test(words)) return true
    if (words.split(/\s+/).length > INTENT_WORDS || INTENT_NOT.test(words)) return false
    return INSIDE_ENGLISH.test(words) || INSIDE_HEBREW.test(words)
  })
}
