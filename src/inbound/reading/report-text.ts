/** The report that a mail program wrote in words, apart from the mail that it sends back below. */

/** Lines after which the mail that came back begins. */
const returnedBelow = [
  /^[\s>|*=_-]*(?:this is a copy of|here is (?:a |the )?(?:copy|beginning|first)|included is a copy|below (?:is|this line|the next line)|the following is|attached is a copy)/i,
  /^[\s>|*=_-]*(?:the )?(?:original|returned|unsent|undelivered|undeliverable|your|rejected)? ?(?:e-?mail |mail )?(?:message|mail|headers?)(?: text| headers?| was)? ?(?:headers? )?(?:follows?|as received|below|attached|reads)\b/i,
  /^[\s>|*=_-]*(?:-{2,}|={2,}|_{2,}|\*{2,}|\|-{2,})[\s>|]*(?:start of )?(?:original|returned|unsent|undelivered|message|header|copy|mail|attachment|begin)[^<@]{0,60}$/i,
  /^[\s>|*=_-]*(?:message|original message|mail) (?:headers? )?(?:follows?|text follows)/i,
  /^-{5} ?original message/i,
  /^(?:>\s?)?(?:received|return-path|dkim-signature|x-originating-ip|delivered-to):/i,
  /^the first \d+ lines of your/i,
  /^-+ ?(?:begin|start)/i,
  /^\s*(?:原件|附件|以下是|元のメッセージ|オリジナル)/,
]

const linesRead = 400
const lineLength = 1_000

/** At most so many lines as are needed; long ones are cut. */
export function reportLines(text: string): string[] {
  const lines = text
    .slice(0, 64 * 1024)
    .split('\n', linesRead)
    .map((line) => line.slice(0, lineLength))
  const end = lines.findIndex((line, i) => i > 0 && isReturned(line))
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => line.trimEnd())
}

const isReturned = (line: string) => returnedBelow.some((start) => start.test(line))
