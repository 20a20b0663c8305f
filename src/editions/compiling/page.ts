/** A frozen edition as a web page: the mail itself, without what belongs to one reader. */
import type { CompiledMail } from '../../mail/message/compiled.js'
import { fonts, light } from '../../format/palette.js'
import { renderTemplate } from '../../format/templates.js'

type Around = { head?: string; top?: string; foot?: string }

const readersPart = /<!--reader-->[^]*?<!--\/reader-->/g
const ownPart = /<!--own-->[^]*?<!--\/own-->/g

/**
 * The same cards in the same order as in the mail; in place of a reader's links stands one to subscribe, or what the
 * page has instead.
 * @param around HTML that the site puts around the mail; pages of one reader's own have another foot alone.
 */
export function editionAsPage({ html }: CompiledMail, publicUrl: string, around: Around = {}): string {
  const invitation = around.foot ?? renderTemplate('email/invitation.eta', { publicUrl, light, fonts })
  return (
    (html.head + html.cards.join('') + html.foot)
      .replaceAll(ownPart, '')
      .replaceAll(readersPart, () => invitation)
      // The page's policy lets nothing in but what is the site's own, under whatever name it is asked for.
      .replaceAll(`src="${publicUrl}/pictures/`, 'src="/pictures/')
      .replace('</head>', () => `${around.head ?? ''}</head>`)
      // The mail's dark colours go by `.ground > div`, in editions that were frozen long ago too.
      .replace(/<body[^>]*>/, (body) => `${body}${around.top ?? ''}<main class="ground">`)
      // The page is the landmark then, and the mail an article in it.
      .replace(' role="main"', ' role="article"')
      .replace('</body>', '</main></body>')
  )
}
