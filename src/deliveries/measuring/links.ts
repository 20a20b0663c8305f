/** The links of an edition's mail, and the mail with each of them going through us to be measured. */
import type { CompiledMail, Fragments } from '../../mail/message/compiled.js'

/** Links of anchors that are the same for all readers; those of a reader's own are tokens. */
const anchors = /(<a\b[^>]*?\shref=")(https?:\/\/[^"]+)(?=")/g

/** A link that no person sees: who follows it reads the source. */
export const hiddenLink = 0
/** The mail was opened: its picture was fetched. */
export const opening = -1
/** A button on our page was pressed, by whoever came there from the mail. */
export const press = -2
/** Some link was followed, as the provider tells that measures by itself. */
export const reportedClick = -3

/** Where the picture of one pixel is. */
export const pictureName = 'open.gif'

const inFragments = ({ head, cards, foot }: Fragments): string[] => [head, ...cards, foot]

/** As a browser reads the attribute. */
const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/**
 * The targets of these mails, each once; the first is link 1. Since what is frozen stays, a number means the same for
 * good: it leads there and nowhere else.
 */
export function linksOf(mails: readonly CompiledMail[]): string[] {
  const found = new Set<string>()
  for (const { html, shorter } of mails) {
    const texts = [...inFragments(html), ...Object.values(shorter ?? {}).flatMap((cards) => cards.html)]
    for (const text of texts) for (const [, , url = ''] of text.matchAll(anchors)) found.add(unescaped(url))
  }
  return [...found]
}

/** The mail whose links are numbers behind the reader's own `LINK_URL`; the text part stays as it is. */
export function measuredMail(mail: CompiledMail, links: readonly string[], opens: boolean): CompiledMail {
  const numbers = new Map(links.map((url, at) => [url, at + 1]))
  const through = (text: string) =>
    text.replaceAll(anchors, (whole, before: string, url: string) => {
      const number = numbers.get(unescaped(url))
      return number === undefined ? whole : `${before}@@LINK_URL@@/${number}`
    })
  const { head, cards, foot } = mail.html
  const end = `<a href="@@LINK_URL@@/${hiddenLink}" style="display:none;mso-hide:all" tabindex="-1" aria-hidden="true"></a>${
    opens ? `<img src="@@LINK_URL@@/${pictureName}" width="1" height="1" alt="" style="display:block">` : ''
  }`
  return {
    ...mail,
    html: {
      head: through(head),
      cards: cards.map(through),
      foot: through(foot).replace('</body>', `${end}</body>`),
    },
    ...(mail.shorter && {
      shorter: {
        short: { ...mail.shorter.short, html: mail.shorter.short.html.map(through) },
        titles: { ...mail.shorter.titles, html: mail.shorter.titles.html.map(through) },
      },
    }),
  }
}
