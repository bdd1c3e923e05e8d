/** The bits of `messages.flags`. */
export const TRACK_OPENS = 1
export const TRACK_CLICKS = 2
export const HAS_ATTACHMENTS = 4
/** Its end was given; time outside of its send window counts. */
export const EXPIRY_GIVEN = 8
