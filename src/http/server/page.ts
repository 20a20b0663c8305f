/** Renders pages: every template stands in the same layout, with the publication's name around it. */
import type { Services } from '../../services.js'
import { renderTemplate } from '../../format/templates.js'
import { assetUrl } from './assets.js'

export type Page = {
  /** Of the document; the publication's name is added. */
  title: string
  description?: string
  /** Of this page below the public URL, for its canonical link; empty when it has none. */
  path: string
  /** True for pages that search engines are asked not to keep. */
  noindex?: boolean
  /** Path of the picture that stands for it where it is shared; the site's own where it has none. */
  card?: string | null
  /** `wide` leaves the measure to the template. */
  width?: 'measure' | 'wide'
}

/** @param template - such as `pages/day.eta`; it begins with `<% layout('/pages/layout.eta') %>`. */
export function renderPage(
  services: Pick<Services, 'config'>,
  template: string,
  page: Page & Record<string, unknown>,
): string {
  const { publication, byline, publicUrl, outbox } = services.config
  return renderTemplate(template, {
    ...page,
    publication,
    byline,
    publicUrl,
    outbox,
    asset: assetUrl,
  })
}
