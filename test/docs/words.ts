/** A word or phrase that the project does not use. */
export interface WordRule {
  /** Matches lowercase prose, or the words of an identifier: `letIn` is read as "let in". */
  readonly pattern: RegExp;
  /** Standard term to write instead. */
  readonly instead: string;
}

/** Matches whole words; a space also stands for a hyphen. */
const rule = (pattern: string, instead: string): WordRule => ({
  pattern: new RegExp(`\\b(?:${pattern.replaceAll(' ', '[\\s-]+')})\\b`, 'g'),
  instead,
});

/** Rules for prose and for identifiers. */
export const wordRules: readonly WordRule[] = [
  rule('answer(?:s|ed|ing|able)?|unanswered', 'response, respond'),
  rule('ask(?:s|ed|ing|er|ers)?', 'request, call, require'),
  rule('tells?|told|telling', 'report, record, log, emit, distinguish'),
  rule('nobody|whoever|whomever', 'name the caller, the client or the operator'),
  rule('anew', 'again'),
  rule('(?<!connections? )refus(?:e|es|ed|ing|al|als)(?! connections?| streams?)', 'reject, rejection'),
  rule('(?:give|gives|gave|given|giving) up', 'abandon, stop'),
  rule('lets? in|letting in', 'admit'),
  rule('zombies?', 'abandoned call'),
  rule('coalesc(?:e|es|ed|ing)', 'request collapsing, share a call'),
  rule('ramp(?:s|ed|ing)?', 'recovering, recover'),
  rule('manual open|manual closed', 'isolated, forced-closed'),
  rule('probe leases?', 'probe timeout'),
  rule('long rtt|quiet samples?|quiet rtt', 'uncontended RTT'),
  rule('applicants?', 'waiter'),
  rule('displac(?:e|es|ed|ing)', 'evict'),
  rule('doomed', 'deadline-unreachable'),
  rule('unwell', 'failing, unhealthy'),
  rule('examiners?', 'health indicator runner'),
  rule('strangers?', 'untrusted caller'),
  rule('hurry|hurries|hurried|hurrying', 'force, forced shutdown'),
  rule('under way|work underway', 'in flight, running'),
  rule('errands?', 'order task'),
  rule('order desks?', 'order fixture'),
  rule('oddity|oddities', 'mutation'),
  rule('oracles?', 'expected response'),
  rule('campaigns?', 'fuzz run'),
  rule('vitals', 'process metrics'),
  rule('witness(?:es)?', 'observer'),
  rule('monkeys?', 'random kills'),
  rule('circumstances?', 'environment, conditions'),
  rule('appeals?', 'rating score'),
  rule('fates?', 'outcome'),
  rule('in doubt|doubtful', 'may have executed, unknown outcome'),
  rule('kept text', 'serialization'),
  rule('fresh or last known', 'stale if error'),
  rule('percent earned|earnings?', 'deposit'),
  rule('departures?|departed|departs', 'attempt, start'),
  rule('unauthoris(?:e|ed|es)|authoris(?:e|es|ed|ing|ation)', 'unauthorized, authorize'),
  rule('personalis(?:e|es|ed|ing|ation)', 'personalize'),
  rule('(?:un|re|de)?normalis\\w+|(?:de)?serialis\\w+|initialis\\w+|organis\\w+|recognis\\w+', '-ize'),
  rule('minimis\\w+|maximis\\w+|summaris\\w+|synchronis\\w+|customis\\w+|prioritis\\w+', '-ize'),
  rule('randomis\\w+|utilis\\w+|realis(?:e|es|ed|ing)|optimis(?:e|es|ed|ing|ation|ations)', '-ize'),
  rule('behaviours?', 'behavior'),
  rule('colou?rs?(?<=colours?)|colour(?:ed|ing|ful)', 'color'),
  rule('honour\\w*|favour\\w*|neighbour\\w*', 'honor, favor, neighbor'),
  rule('centres?|centred', 'center'),
  rule('analys(?:e|ed|ing)', 'analyze'),
  rule('artefacts?', 'artifact'),
  rule('catalogues?', 'catalog'),
  rule('(?:mis)?labelled|(?:mis)?labelling|modelled|modelling|signalled|signalling', 'one l'),
  rule('fulfil|fulfils|whilst|amongst', 'fulfill, while, among'),
];

/** Rules for prose only: an identifier uses these words in another sense. */
export const proseRules: readonly WordRule[] = [
  rule('such(?! as\\b)', 'name the thing'),
  rule('save that|save for|save where', 'except'),
  rule('likewise', 'also'),
  rule('none the less|nonetheless|thereof|therein|whence|hence|lest|ere', 'plain words'),
  rule(
    '(?:is|are|was|were|be|been|being|it|stays?|goes|went|redis|catalog|database|recommendations) away',
    'fails, is unreachable',
  ),
  rule('(?:is|are|was|were|be|has|have) gone', 'has ended, is deleted, is unreachable'),
  rule('(?:is|are|was|were|be) back', 'recovers, is reachable again'),
  rule('(?:held|hold|holds|open|opened|closed|close) by hand', 'isolated, forced closed'),
  rule('kept waiting', 'waits'),
  rule('orders last', 'orders survive longest'),
  rule('no more than that|and no more|nothing else does', 'plain words'),
];

/** Rules for identifiers only: prose uses these words in another sense. */
export const nameRules: readonly WordRule[] = [
  rule('why', 'reason'),
  rule('^away$', 'unreachable, disconnected'),
  rule('(?<!in )flights?', 'shared call'),
  rule('hops?', 'propagated context'),
  rule('viewers?', 'SSE subscriber'),
  rule('sights?', 'instance snapshot'),
  rule('as lost|exchanged|strikes?', 'outbound attempt, HTTP exchange, injected fault'),
  rule('letgo|let go', 'release lease'),
  rule('parked', 'quarantined'),
  rule('patient', 'relaxed timeouts'),
  rule('end of work', 'createRequestAbortSignal'),
  rule('around handlers|bound close hooks', 'trackHandlers, withShutdownTimeout'),
  rule('euros', 'currency'),
  rule('picks', 'recommendations'),
  rule('forget(?:s|ting)?|forgot|forgotten|keys? kept', 'delete'),
];

/** Rules for an identifier as it is written. */
export const helperRules: readonly WordRule[] = [
  {
    pattern:
      /^#?(?!(?:add|count|create|find|get|has|is|list|parse|read|set|to|write)[A-Z]|(?:as|value|index|lastIndex|type|instance|toBeInstance|one|any|all|prototype|multiple)Of$)[a-z][A-Za-z0-9]*Of$/g,
    instead: 'name the function by a verb: parseX, toX, findX',
  },
  { pattern: /^#?of[A-Z]\w*$/g, instead: 'name the function by a verb' },
  { pattern: /^Arrival\w*$/g, instead: 'RequestClass' },
  { pattern: /^Guarded\w*$/g, instead: 'ResilienceExecutor' },
  { pattern: /^(?:create|of|no)?(?:Fault)?Peers$/g, instead: 'instances' },
];
