import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wantsNoMore } from './replyText.ts'

const asks = [
  ...['STOP', 'Stop.', 'stop!!', 'STOP 🙏', '“Stop”', 'stop all', 'STOPALL', 'Please stop'],
  ...['Stop promotions', 'stop texting me', 'leave me alone', 'opt out', 'Unsubscribe me'],
  ...['הסר', 'הסר.', '\u200fהסר\u200f', '״הסר״', '“הסר”', '"הסר"', 'הסר בבקשה', 'נא להסיר'],
  ...['הסרה', 'להסרה', 'מבקש הסרה', 'הסירו', 'הסירי אותי', 'תסיר אותי', 'תסירי אותי בבקשה'],
  ...['תוריד אותי מהרשימה', 'תורידי אותי', 'להסיר אותי מהרשימה', 'די', 'די כבר!', 'עצור', 'הפסק'],
  ...['תפסיק', 'תפסיקי', 'נא להפסיק', 'תפסיקו לשלוח לי הודעות', 'אל תשלחו לי יותר הודעות'],
]
const doesNot = [
  ...['I will stop by tomorrow', 'Stop?', 'How can my customers unsubscribe?', 'The end of May'],
  ...['כן', 'הסרה בלייזר', 'אשמח לפרטים על הסרה של קעקוע', 'הסר דאגה מלבך', 'כמה עולה הסרה?'],
  ...['די טוב', 'עצור ליד השער', 'אל תשלחו לי שליח', 'תפסיק לגשם ניפגש', 'לא מעוניין בחדר קטן'],
]
for (const text of asks)
  test(`asks for no more: ${JSON.stringify(text)}`, () => assert.equal(wantsNoMore(text), true))
for (const text of doesNot)
  test(`does not: ${JSON.stringify(text)}`, () => assert.equal(wantsNoMore(text), false))
