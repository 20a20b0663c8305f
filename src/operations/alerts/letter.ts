/** The mail that tells an operator of an alert. */
import type { Config } from '../../config/config.js'
import type { Letter } from '../../mail/message/letter.js'

export function alertLetter(
  { publication, publicUrl }: Pick<Config, 'publication' | 'publicUrl'>,
  { kind, text }: { kind: string; text: string },
): Letter {
  return {
    subject: `${publication}: ${kind.replaceAll('-', ' ')}`,
    heading: kind === 'test' ? 'This is a test' : 'This needs you',
    preheader: text,
    paragraphs: [text],
    button: { label: 'Open the desk', url: `${publicUrl}/admin` },
    smallPrint: ['You get this because the settings of alerts name your address.'],
    publication,
  }
}
