/** The plain text of an edition: wrapped, numbered, each link on a line of its own. */
import type { Fragments } from '../../mail/message/compiled.js'
import { wrap } from '../../format/plain.js'
import { between, type Card } from './card.js'
import type { EditionView } from './view.js'

const rule = '-'.repeat(72)

export function textFragments(view: EditionView): Fragments {
  return { head: headOf(view), cards: view.papers.map(cardText), foot: footOf(view) }
}

function headOf(view: EditionView): string {
  return [
    view.publication.toUpperCase(),
    wrap(view.byline),
    '',
    `${view.dateline} · ${view.edition}`,
    rule,
    ...(view.opening ? ['', wrap(view.opening)] : []),
    '',
    '',
  ].join('\n')
}

/** The number stands in a margin of four columns, as on paper. */
function cardText(card: Card): string {
  const margin = '    '
  const title = wrap(card.title, margin)
  const lines = [
    `${`${card.rank}.`.padEnd(4)}${title.slice(margin.length)}`,
    (card.size === 'lead' || card.size === 'medium') && card.facts && wrap(card.facts, margin),
    wrap([card.votes, card.why, ...card.counts].filter(Boolean).join(between), margin),
    card.summary && `\n${wrap(card.summary, margin)}\n`,
    card.size === 'titles' && `${margin}${card.url}`,
    ...card.links.map((link) => `${margin}${link.label}: ${link.url}`),
    `${margin}More like this, less, save: @@MINE_URL@@${card.answerPath}`,
  ]
  return `${lines.filter(Boolean).join('\n')}\n\n\n`
}

function footOf(view: EditionView): string {
  return [
    rule,
    `${view.allLabel}: ${view.allUrl}`,
    'View in browser: @@WEB_URL@@',
    'Preferences: @@PREFERENCES_URL@@',
    'Unsubscribe: @@UNSUBSCRIBE_URL@@',
    '',
    `Forwarded to you? Subscribe: ${view.subscribeUrl}`,
    'You subscribed at this address.',
    ...(view.senderAddress ? [wrap(view.senderAddress)] : []),
    '',
  ].join('\n')
}
