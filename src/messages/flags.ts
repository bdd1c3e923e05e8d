/** The bits of `messages.flags`. */
export const TRACK_OPENS = 1
export const TRACK_CLICKS = 2
export const HAS_ATTACHMENTS = 4
