/** What relays write when they refuse, sorted by what it means: each entry is one meaning and the phrases for it. */

/** What a refusal says, whoever wrote it. */
export type Meaning =
  | 'no-mailbox'
  | 'no-domain'
  | 'moved'
  | 'takes-no-mail'
  | 'full'
  | 'disabled'
  | 'expired'
  | 'broken'
  | 'filtered'
  | 'unclear'
  | 'size'
  | 'syntax'
  | 'name-server'
  | 'authentication'
  | 'sender'
  | 'loop'
  | 'relaying'
  | 'rate'
  | 'spam'
  | 'blocked'
  | 'denied'

type Phrases = [meaning: Meaning, phrases: RegExp]

/** Said of what happened behind the mailbox, whatever else is said of users. */
export const before: Phrases[] = [
  ['broken', /^x-unix;|command output|command died|pipe to \|/i],
  ['broken', /host not found, try again|name ?server[^.]{0,60}try again/i],
  ['filtered', /recipient preferences/i],
  ['syntax', /headers? are not rfc compliant/i],
  [
    'sender',
    /(?:helo|ehlo)(?: command)? rejected|(?:host|name|domain) (?:in|for|given (?:in|by)) (?:helo|ehlo)|(?:your|sending|sender(?:'s)?|mail from|return[- ]?path|return) (?:e-?mail )?(?:address|domain|host ?name)? ?(?:is invalid|is not (?:a )?(?:valid|known)|does not exist|doesn.t exist|has no (?:mx|a) record|is unknown|not in)|no (?:mx|a) records? for (?:your|the send\w+) domain|(?:address|syntax|domain)[^.;]{0,20} in (?:the )?(?:header )?[`"']?from\b|invalid dns mx or a/i,
  ],
]

/** Faults of the sender or the content, and mailboxes that are there: a refusal for these often names the recipient. */
export const faultsOfOthers: Phrases[] = [
  [
    'relaying',
    /relay(?:ing)?(?: access)? (?:is )?(?:denied|prohibited|not (?:allowed|permitted))|(?:unable|not permitted|not configured|refus\w+|don.t) to relay|not relay|no relaying|relay not|open relay|insecure mail relay|allowed rcpthosts|(?:not|isn.t) (?:a )?(?:valid |local )?(?:gateway|relay) (?:domain|for)|relaying mail/i,
  ],
  [
    'authentication',
    /\bdmarc\b|\bspf\b|\bdkim\b|unauthenticated|authentication (?:checks? )?(?:failed|failure|required|is required)|authenticat\w+ fail|must (?:be )?(?:authenticate|log ?in|issue a starttls)|not authenticated|authentication-results|sender ?id/i,
  ],
  [
    'name-server',
    /reverse[ -]?(?:dns|lookup|mapping)|\brdns\b|\bptr\b|unverifiable sending ip|no dns record for (?:your|the sending)|cannot find your (?:reverse )?host ?name/i,
  ],
  [
    'sender',
    /sender(?:'s)? (?:address|domain|host|email|verif\w+|verification)[^.;]{0,60}(?:reject|invalid|not exist|unknown|fail|not found|refus|unverif|denied|blocked|resolv)|(?:sender|domain of sender|sender domain) (?:address )?\S* ?(?:does not|doesn.t|must) (?:exist|resolve)|(?:bad|invalid|unrout\w+|unknown|forged|unverified|unauthori[sz]ed|illegal) (?:outbound )?(?:envelope )?(?:sender|return[- ]?path|reverse-path)|sender (?:rejected|denied|not (?:allowed|accepted|permitted|verified|valid)|verify failed|is (?:rejected|blocked|denied))|envelope[- ]sender|domain of sender|mail from (?:command )?(?:rejected|not)|your (?:email |e-mail )?(?:address|domain) (?:is|has been) (?:rejected|denied|blocked)|send mail as/i,
  ],
  [
    'full',
    /(?<!relay |sending |daily |hourly )quota|mailbox (?:is |\w+ is )?(?:full|over)|(?:mail ?box|mail ?folder|account|inbox|storage|spool|maildir|disk|user) (?:is |has |\S+ is )?(?:currently )?(?:full|over ?(?:quota|limit|its)|too full|out of|exceed)|over ?quota|over (?:the )?(?:maximum )?(?:allowed )?(?:storage|disk)|out of (?:storage|disk)|insufficient (?:disk |system )?storage|not enough (?:storage|space|disk)|no space left|(?:mailbox|inbox) .{0,30}exceeded|exceed\w* (?:the )?(?:\w+ )?(?:quota|storage|mailbox)|boîte .{0,30}pleine|buz[oó]n lleno|postfach .{0,30}voll|mailbox size limit|too large for (?:this )?mailbox|account .{0,20}overquota|exceeding their quota/i,
  ],
  [
    'size',
    /(?:message|mail|header|headers|e-?mail|line|size|attachment)s? (?:is |are |size |file )*(?:too (?:large|big|long)|exceed)|size (?:limit|exceeds)|(?:max(?:imum)?|fixed) (?:message |mail )?size|line (?:limit|too long|length)|exceeds (?:fixed |the )?(?:maximum|size)|too (?:large|big)\b/i,
  ],
  [
    'spam',
    /\bspam|\bube\b|\buce\b|unsolicited|\bbulk (?:e-?mail|message)|junk ?mail|phish|content (?:filter|rejected|denied|presents|not acceptable|policy)|virus|malware|infected|suspicious|illegal attachment|prohibited (?:content|attachment)|blocked (?:attachment|content|using)|profanity|message (?:content |was |has been |is )?(?:rejected|blocked|refused|filtered|denied|discarded)(?! by the recipient)|mail content|(?:message|mail|email|e-mail) (?:was )?not allowed|identified as|contains? (?:a )?(?:url|link|banned)|considered/i,
  ],
  [
    'rate',
    /too (?:many|much|fast|quickly|frequent)|rate.?limit|limit(?:ed|s)? (?:exceeded|reached)|exceed\w* (?:the )?(?:\w+ ){0,3}(?:rate|limit|connections|recipients|messages)|throttl|frequen\w+ limited|temporarily deferred|unusual rate|connections? (?:rate )?(?:limit|from your)|greylist|grey-?listed|slow down|(?:daily|hourly) (?:relay |sending )?(?:quota|limit)|thread limit|max\w* (?:number of )?(?:connections|recipients|messages)|\[TSS?\d\d\]|unexpected volume/i,
  ],
  [
    'blocked',
    /\bblock(?:ed|ing|s)?\b|block ?list|black ?list|black-?listed|\brbl\b|\bdnsbl\b|spamhaus|spamcop|barracuda(?:central)?\b.{0,40}reputation|reputation|banned|poor score|\bdenylist|senderbase|cloudmark|proofpoint\.com|sorbs|abuseat|not accept\w* (?:any )?(?:mail|connections|messages|email) from|(?:connection|connections?|access|mail|service|host)s? (?:was |is |from \S+ )?(?:refused|rejected|dropped|forbidden)|connections not accepted|refused to talk|not accepting (?:connections|mail from)|use the smtp server of your isp|no access from|redundant|go away|anti-?spoofing|spoofed|dynamic[ -]?(?:ips?|dns|address)|generic (?:ptr|host)|your (?:ip|host|server|network)|\[IB\d+\]|access forbidden|forbidden by|not welcome|no smtp service|local policy|policy (?:reasons?|violation|restriction)|(?:due to|by|for|against|violat\w+) (?:\w+ )?(?:\w+ )?polic(?:y|ies)|security polic|administrative(?:ly)? prohib|headers? error/i,
  ],
  [
    'disabled',
    /(?:mail ?box|account|user|recipient|address|e-?mail|domain)(?: account)?(?: \S+)?(?:\(s\))? (?:is |was |has been |have been |been |currently |temporarily |not )*(?:disabled|inactive|suspended|frozen|locked|deactivated|discontinued|expired|terminated|unavailable because|not active|on hold|limited|blocked)|(?:disabled|suspended|inactive|frozen|locked|deactivated|unactivated|dormant) (?:user|recipient|mailbox|account|address|e-?mail)|(?:disabled|inactive|suspended)[.)]?$|not (?:been )?activated|on hold|mailbox (?:currently )?(?:suspended|disabled)|has been suspended|is (?:disabled|inactive|suspended|frozen)|unable to receive|not collected|not been collected|account (?:that you tried to reach )?is (?:disabled|inactive|over)/i,
  ],
]

/** Faults of the message and of the way to the mailbox, in words that occur beside others. */
export const faultsOfTheWay: Phrases[] = [
  [
    'loop',
    /mail(?:ing)? loop|loop(?:ing|s)? (?:detected|back|to)|hop count|too many hops|hops exceeded|too many received|routing loop|looks like a loop|circular/i,
  ],
  [
    'filtered',
    /recipient preferences|filter(?:ed|s)\b|not authori[sz]ed|permission|restricted|only accept|authori[sz]ation|private|moderat|member/i,
  ],
  [
    'expired',
    /expired|timed? ?out|time-?out|queue too long|retry time|(?:failing|queued?|delivered|retried|tried) (?:for|within)[^.]{0,40}(?:day|hour|second|minute|long)|last \d+ seconds|giv(?:e|ing|en) up|too old|undeliver\w+ (?:for|after)|no longer (?:be )?(?:tried|retried)|max(?:imum)? (?:number of )?(?:delivery )?(?:attempts|retries)|deferred|delayed|attempts|allowed queue period|delivery attempts|all hosts .{0,40}failing|retry timeout|not going to try again/i,
  ],
  [
    'broken',
    /command (?:output|died)|mailer error|i\/o error|input\/output|internal (?:system |server )?error|internal resources|system error|(?:temporary|local) (?:failure|error|problem|lookup)|temporarily (?:unavailable|rejected)|try (?:again )?later|try again|could not load|insufficient|resource|pipe to|procmail|(?:connection|connect) (?:refused|reset|lost|dropped|fail|closed|error|was)|unable to connect|(?:can.t|could not|cannot|couldn.t|wasn.t able to|unable to|did not accept our requests to) (?:connect|establish|open|contact|talk|create)|lost connection|socket error|network (?:is )?unreachable|no route|protocol (?:error|violation)|service (?:is )?(?:un|not )available|server (?:error|busy|unavailable|not respond)|not respond|remote protocol|configuration|misconfigur|out of memory|temporarily/i,
  ],
  [
    'syntax',
    /malformed|syntax|may not follow|not rfc|rfc ?\d+|(?:bad|unrecogni[sz]ed|unknown|unimplemented|invalid) command|bad sequence|not implemented|duplicate header|multiple .{0,40}header|8-?bit|encoding|charset|mime|(?:in|from): header|illegal (?:character|alias)|unterminated|cannot parse|bare (?:cr|lf)|media error|not support/i,
  ],
]
