/** Which of our languages a browser asks for (Accept-Language, RFC 9110 §12.5.4). */

/** The first of `known` in the order of preference; its first one when none is asked for. */
export function preferredLanguage<T extends string>(
  header: string | undefined,
  known: readonly [T, ...T[]],
): T {
  const wanted = (header ?? '')
    .slice(0, 1_000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      const quality = parameters.find((each) => each.startsWith('q='))?.slice(2)
      return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
  for (const { language } of wanted) {
    const found = known.find((each) => each === language || (each === 'he' && language === 'iw'))
    if (found) return found
  }
  return known[0]
}
