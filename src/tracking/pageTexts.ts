/**
 * The words on the pages that a recipient sees, by language. A language is added by adding
 * its texts; a locale without any gets English. `{topic}`, `{name}` are filled in, escaped,
 * by the page.
 */
const en = {
  unsubscribeTitle: 'Unsubscribe',
  unsubscribeTopic: 'You will get no more emails about {topic} from {name}.',
  unsubscribeAll: 'You will get no more news and offers from {name}.',
  unsubscribeButton: 'Unsubscribe',
  forAddress: 'This is about {address}.',
  unsubscribedTitle: 'You are unsubscribed',
  unsubscribedTopic: 'From now on you get no emails about {topic} from {name}.',
  unsubscribedAll: 'From now on you get no news and offers from {name}.',
  stillComes: 'Messages that you need, such as receipts and password resets, still come.',
  undoQuestion: 'Was that a mistake?',
  undoButton: 'Subscribe again',
  resubscribedTitle: 'You are subscribed again',
  resubscribedText: 'Nothing has changed: emails from {name} keep coming.',
  preferencesLink: 'Choose what you get',
  preferencesTitle: 'What would you like to get?',
  preferencesText: 'Choose the emails that {name} may send you.',
  topicsLegend: 'Topics',
  noTopics: 'There are no topics to choose from.',
  saveButton: 'Save',
  saved: 'Saved. It is in force now.',
  allOff: 'You are unsubscribed from everything. Choose a topic to get it again.',
  allButton: 'Unsubscribe from all',
  allText: 'No more news and offers from {name}, whatever is chosen above.',
  notFoundTitle: 'This link does not work',
  notFoundText: 'It may be incomplete. Open it again from the email, or answer the email and ask.',
  nothingTitle: 'There is nothing to see here',
  nothingText: 'This link is for programs that check emails. You can close this page.',
  unavailableTitle: 'One moment, please',
  unavailableText: 'We cannot do this right now. Nothing is lost: try again in a minute.',
}

export type PageTexts = typeof en

const he: PageTexts = {
  unsubscribeTitle: 'הסרה מרשימת התפוצה',
  unsubscribeTopic: 'לא יישלחו אליך עוד הודעות בנושא {topic} מאת {name}.',
  unsubscribeAll: 'לא יישלחו אליך עוד חדשות והצעות מאת {name}.',
  unsubscribeButton: 'הסרה',
  forAddress: 'הכתובת: {address}.',
  unsubscribedTitle: 'הוסרת מרשימת התפוצה',
  unsubscribedTopic: 'מעכשיו לא יישלחו אליך הודעות בנושא {topic} מאת {name}.',
  unsubscribedAll: 'מעכשיו לא יישלחו אליך חדשות והצעות מאת {name}.',
  stillComes: 'הודעות נחוצות, כמו קבלות ואיפוס סיסמה, ימשיכו להגיע.',
  undoQuestion: 'ההסרה הייתה בטעות?',
  undoButton: 'הרשמה מחדש',
  resubscribedTitle: 'נרשמת מחדש',
  resubscribedText: 'דבר לא השתנה: הודעות מאת {name} ימשיכו להגיע.',
  preferencesLink: 'בחירת ההודעות שיגיעו אליך',
  preferencesTitle: 'אילו הודעות לשלוח אליך?',
  preferencesText: 'כאן בוחרים אילו הודעות {name} ישלחו אליך.',
  topicsLegend: 'נושאים',
  noTopics: 'אין נושאים לבחירה.',
  saveButton: 'שמירה',
  saved: 'נשמר, ובתוקף מעכשיו.',
  allOff: 'הוסרת מכל ההודעות. בחירת נושא תחדש אותו.',
  allButton: 'הסרה מכל ההודעות',
  allText: 'לא יישלחו עוד חדשות והצעות מאת {name}, גם אם נבחרו נושאים למעלה.',
  notFoundTitle: 'הקישור אינו פעיל',
  notFoundText: 'ייתכן שהקישור אינו שלם. אפשר לפתוח אותו שוב מתוך ההודעה, או להשיב להודעה ולבקש.',
  nothingTitle: 'אין כאן מה לראות',
  nothingText: 'הקישור הזה מיועד לתוכנות שבודקות הודעות. אפשר לסגור את הדף.',
  unavailableTitle: 'רק רגע',
  unavailableText: 'לא ניתן לבצע את הפעולה כרגע. דבר לא אבד: אפשר לנסות שוב בעוד דקה.',
}

const languages = { en, he }

export interface PageLanguage {
  readonly lang: keyof typeof languages
  readonly dir: 'ltr' | 'rtl'
  readonly texts: PageTexts
}

/** For a contact's locale, such as `he-IL` or `iw` (Hebrew's name until 1989, which Java still sends). */
export function pageLanguage(locale: string | null): PageLanguage {
  const language = (locale ?? '').toLowerCase().split(/[-_]/)[0]
  if (language === 'he' || language === 'iw') return { lang: 'he', dir: 'rtl', texts: he }
  return { lang: 'en', dir: 'ltr', texts: en }
}
