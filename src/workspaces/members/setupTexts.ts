/** The words of the setup page, by language. */
const en = {
  title: 'Create the owner',
  intro: 'This account may do everything here. The link works once.',
  name: 'Your name',
  optional: '(optional)',
  email: 'Email',
  password: 'Password',
  passwordHint: 'At least 12 characters. A few words that nobody would guess are best.',
  button: 'Create the owner',
  goneTitle: 'This link does not work',
  gone: 'It was used, has expired or is not complete. Each start of the server prints a new one as long as there is no owner.',
  takenTitle: 'There is an owner already',
  taken:
    'Sign in instead. On the server, `beckon user list` tells who it is and `beckon user password` sets a new password.',
  emailTaken: 'This email signs in here already.',
  emailFault: 'This is not an email address, such as ada@example.com.',
  nameFault: 'Use at most 200 characters.',
  passwordFault: null as string | null, // the check says more in its own words
}

type SetupTexts = typeof en

const he: SetupTexts = {
  title: 'יצירת חשבון הבעלים',
  intro: 'לחשבון הזה מותר הכול כאן. הקישור פועל פעם אחת.',
  name: 'השם שלך',
  optional: '(לא חובה)',
  email: 'אימייל',
  password: 'סיסמה',
  passwordHint: 'לפחות 12 תווים. עדיף כמה מילים שאיש לא ינחש.',
  button: 'יצירת החשבון',
  goneTitle: 'הקישור אינו פעיל',
  gone: 'הוא כבר שימש, פג או אינו שלם. כל הפעלה של השרת מדפיסה קישור חדש, כל עוד אין בעלים.',
  takenTitle: 'כבר יש בעלים',
  taken:
    'יש להתחבר במקום זאת. בשרת, `beckon user list` מראה מי הבעלים ו-`beckon user password` קובע סיסמה חדשה.',
  emailTaken: 'האימייל הזה כבר רשום כאן.',
  emailFault: 'זו אינה כתובת אימייל, כגון ada@example.com.',
  nameFault: 'לכל היותר 200 תווים.',
  passwordFault: 'לפחות 12 תווים, לא סיסמה נפוצה, ובלי השם או האימייל שלך.',
}

export interface SetupLanguage {
  readonly lang: 'en' | 'he'
  readonly dir: 'ltr' | 'rtl'
  readonly texts: SetupTexts
}

export const setupLanguages: Readonly<Record<'en' | 'he', SetupLanguage>> = {
  en: { lang: 'en', dir: 'ltr', texts: en },
  he: { lang: 'he', dir: 'rtl', texts: he },
}
