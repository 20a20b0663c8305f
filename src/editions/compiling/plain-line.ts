/** What papers say, as a mail shows it: one line, formulas readable without a drawing. */
import { sciencePlain } from '../../format/science/science.js'
import { oneLine } from '../../format/text/one-line.js'

export function plainLine(text: string): string {
  return oneLine(sciencePlain(oneLine(text)))
}
