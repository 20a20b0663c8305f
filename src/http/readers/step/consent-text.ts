/** The words beside the button of the sign-up, as they are kept for evidence. */
export function consentText(publication: string): string {
  return `Mail me ${publication}: research papers, at most one email a day. I can leave with one click at any time.`
}
