/** A mail to one reader about their subscription. */
export type Letter = {
  /** The mail's subject and its heading. */
  subject: string
  heading: string
  preheader: string
  /** Plain text each; escaped when compiled. */
  paragraphs: string[]
  button: { label: string; url: string } | null
  /** Small print below, such as why this came and how to leave. */
  smallPrint: string[]
  publication: string
}
